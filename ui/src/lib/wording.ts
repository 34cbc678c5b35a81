// The sentences of the page: what is the matter, and what to do next.
import type { ErrorDto } from "../ipc/bindings/ErrorDto";
import type { ReadingDto } from "../ipc/bindings/ReadingDto";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { SourceDto } from "../ipc/bindings/SourceDto";
import type { SourceState } from "../ipc/bindings/SourceState";
import { toHaveHere } from "./cloud";
import { deviceWord, type DeviceWord } from "./device-words";
import { bytes, count, plural } from "./format";

const trustAgain = (device: DeviceWord) => `Try again, then tap Trust on the ${device} and enter its passcode. If it doesn’t ask, unplug the cable and plug it in again.`;
const reads = (source: string) => `Reading the ${deviceWord(source)}’s photo library…`;

export interface Advice {
  title: string;
  text: string;
}

/** "this iPhone", "this iPad" or "this folder", for the middle of a sentence. */
export function thing(source: string): string {
  return source.startsWith("folder:") ? "this folder" : `this ${deviceWord(source)}`;
}

/** "on this iPhone" or "in this folder". */
export function within(source: string): string {
  return `${source.startsWith("folder:") ? "in" : "on"} ${thing(source)}`;
}

/** A short word for the sidebar; empty when there is nothing to say. */
export function stateLabel({ state }: SourceDto): string {
  switch (state) {
    case "ready":
      return "";
    case "locked":
      return "Locked";
    case "trust_pending":
      return "Waiting for Trust";
    case "not_trusted":
      return "Not trusted";
    case "unreachable":
      return "Can’t be reached";
    case "ejected":
      return "Safe to unplug";
    case "connecting":
      return "Connecting…";
  }
}

/** What a listing waits for, or why it failed, is newer than these states: they are as the source was when it was asked last. */
const MAY_BE_OLD: readonly SourceState[] = ["ready", "locked", "trust_pending", "not_trusted"];

/** What to say in place of a source's photos for the state it is in; null when its listing says how it is. */
export function advised(source: SourceDto, scan: ScanDto | null, failure: ErrorDto | null): Advice | null {
  if (source.state === "connecting" && scan) return null;
  const newer = failure !== null || scan?.phase === "listing";
  return newer && MAY_BE_OLD.includes(source.state) ? null : stateAdvice(source);
}

/** What to do about a source that cannot be used; null when it can. */
export function stateAdvice({ id, state, name, kind }: SourceDto): Advice | null {
  const device = deviceWord(id);
  switch (state) {
    case "ready":
      return null;
    case "locked":
      return {
        title: `Unlock your ${device}`,
        text: `“${name}” is locked. Unlock it with its passcode; its photos then appear here.`,
      };
    case "trust_pending":
      return {
        title: `Tap Trust on your ${device}`,
        text: `“${name}” asks whether to trust this computer. Tap Trust and enter the passcode; its photos then appear here.`,
      };
    case "not_trusted":
      return {
        title: `This ${device} doesn’t trust this computer yet`,
        text: trustAgain(device),
      };
    case "connecting":
      return { title: `Connecting to your ${device}…`, text: "Its photos appear here as soon as it answers." };
    case "ejected":
      return {
        title: `“${name}” is safe to unplug`,
        text: "Every connection to it is closed, and none is opened until you plug it in again or open it here.",
      };
    case "unreachable":
      return kind === "folder"
        ? { title: "This folder can’t be opened", text: `“${name}” was moved, renamed, or is on a drive that isn’t connected.` }
        : {
            title: `This ${device} can’t be reached`,
            text: `Unplug the cable, plug it in again, and unlock the ${device}. If that doesn’t help, restart the ${device}.`,
          };
  }
}

/** Says what a listing waits for, that goes on by itself when that is done. */
export function scanWaiting(error: ErrorDto, { id, name }: Pick<SourceDto, "id" | "name">): Advice {
  if (error.code === "source_locked") {
    return { title: `Unlock your ${deviceWord(id)}`, text: `“${name}” is locked. Unlock it with its passcode; Keepsake then goes on by itself.` };
  }
  return scanFailure(error, { id, name });
}

/** Says what the failed listing of a source means for the person in front of it. */
export function scanFailure(error: ErrorDto, { id, name }: Pick<SourceDto, "id" | "name">): Advice {
  const device = deviceWord(id);
  switch (error.code) {
    case "source_gone":
      return { title: `“${name}” was disconnected`, text: "Connect it again to see its photos. Nothing was deleted." };
    case "source_locked":
      return { title: `Unlock your ${device}`, text: `“${name}” is locked. Unlock it with its passcode, and keep it unlocked while its photos are listed.` };
    case "trust_pending":
      return { title: `Tap Trust on your ${device}`, text: `“${name}” asks whether to trust this computer. Tap Trust and enter the passcode; its photos then appear here.` };
    case "not_trusted":
      return { title: `This ${device} doesn’t trust this computer yet`, text: trustAgain(device) };
    case "cancelled":
      return { title: `“${name}” wasn’t looked through`, text: "You stopped it before the end. Nothing was changed; try again whenever you like." };
    case "timed_out":
      return { title: `“${name}” stopped answering`, text: "Unlock it and keep the cable plugged in, then try again." };
    case "no_library":
      return { title: "Choose where your photos go", text: "Keepsake then shows which ones aren’t there yet." };
    default:
      return { title: `“${name}” couldn’t be listed`, text: error.message };
  }
}

/** What stands in place of the photos until the first are found. */
export function nothingFoundYet(source: string, reading: ReadingDto | null): Advice {
  const text = "Photos and videos appear here as they are found.";
  if (!reading) return { title: `Looking through ${thing(source)}…`, text };
  return { title: reads(source), text: `${bytes(reading.done_bytes)} of ${bytes(reading.bytes)}. ${text}` };
}

/** The line under the source's name: how many there are, and how far the listing is. */
export function scanSummary(scan: ScanDto): string {
  if (scan.phase === "listing") {
    if (scan.error) return scan.assets === 0 ? `Waiting for ${thing(scan.source)}` : `Waiting for ${thing(scan.source)} · ${count(scan.assets)} found so far`;
    if (scan.reading) return `${reads(scan.source)} ${bytes(scan.reading.done_bytes)} of ${bytes(scan.reading.bytes)}`;
    return scan.assets === 0 ? `Looking through ${thing(scan.source)}…` : `Looking through ${thing(scan.source)}… ${count(scan.assets)} found`;
  }
  const parts = [`${count(scan.new)} new`, `${count(scan.already_imported)} already imported`];
  if (scan.only_in_icloud > 0) parts.push(`${count(scan.only_in_icloud)} only in iCloud`);
  if (scan.hidden > 0) parts.push(`${count(scan.hidden)} hidden`);
  if (scan.recently_deleted > 0) parts.push(`${count(scan.recently_deleted)} recently deleted`);
  if (scan.unreadable > 0) parts.push(`${count(scan.unreadable)} couldn’t be looked at`);
  return parts.join(" · ");
}

/** A message of the engine as a sentence of its own. */
export function sentence(message: string): string {
  const text = message.trim();
  return text === "" ? "" : text.slice(0, 1).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");
}

/** What a finished listing without anything new means; null when there is something to import. */
export function nothingNew(scan: ScanDto): Advice | null {
  if (scan.phase !== "done" || scan.new > 0) return null;
  if (scan.assets > 0) return allCopied(scan);
  const cloud = scan.source.startsWith("folder:") ? "" : ` Photos kept only in iCloud aren’t on the ${deviceWord(scan.source)} itself.`;
  return { title: `No photos or videos ${within(scan.source)}`, text: `Nothing to import.${cloud}` };
}

/** Nothing is new, which is not everything: what is hidden or was deleted is imported only when it is picked. */
function allCopied(scan: ScanDto): Advice {
  const { hidden, recently_deleted: deleted, only_in_icloud: cloud } = scan;
  const apart = [hidden > 0 ? `${count(hidden)} hidden` : "", deleted > 0 ? `${count(deleted)} recently deleted` : ""].filter(Boolean).join(" and ");
  const verified = scan.already_imported - scan.jpeg_only;
  const parts = [verified > 0 ? `${plural(verified, "photo or video", "photos and videos")}, each with a verified copy.` : ""];
  if (scan.jpeg_only > 0) parts.push(`Of ${count(scan.jpeg_only)} only a JPEG is in your library; ${scan.jpeg_only === 1 ? "its original is" : "their originals are"} ${within(scan.source)} alone.`);
  if (apart) parts.push(`${apart} ${hidden + deleted === 1 ? "is" : "are"} not imported: show and pick what you want of ${hidden + deleted === 1 ? "it" : "them"}.`);
  if (cloud > 0) parts.push(`${plural(cloud, "original is", "originals are")} only in iCloud. ${toHaveHere(cloud)}`);
  const text = parts.filter(Boolean).join(" ");
  if (scan.already_imported === 0) return { title: "Nothing new to import", text: parts.slice(1).join(" ") };
  if (apart || scan.jpeg_only > 0) return { title: "Everything new is already in your library", text };
  const what = cloud > 0 ? "Everything stored" : "Everything";
  return { title: `${what} ${within(scan.source)} is already in your library`, text };
}

/** Why the album that is shown has nothing to show. */
export function albumEmpty(name: string, there: boolean, listing: boolean): Advice {
  if (listing) return { title: `“${name}”`, text: "Its photos appear here as they are found." };
  if (!there) return { title: `“${name}” isn’t on this iPhone any more`, text: "The album was deleted or renamed, or everything was taken out of it." };
  return { title: `Nothing of “${name}” is shown`, text: "What it holds is hidden or was deleted on the iPhone." };
}

/** Why an action was refused, for the banner. */
export function refusal(error: ErrorDto): string {
  return error.message.trim() || "That didn’t work. Try again.";
}
