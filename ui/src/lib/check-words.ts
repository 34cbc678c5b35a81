// What is said of a check of the library.
import type { CheckDto } from "../ipc/bindings/CheckDto";
import type { CheckingDto } from "../ipc/bindings/CheckingDto";
import { bytes, count, dateOf, moment, plural, speed, timeLeft } from "./format";

/** "42%". */
export function share({ done_bytes, bytes: all }: CheckingDto): string {
  return `${all > 0 ? Math.floor((100 * Math.min(done_bytes, all)) / all) : 0}%`;
}

/** What the library's card says, in up to two lines; nothing before the first check. */
export function checkLine({ running, last, changed, missing }: CheckDto): string {
  if (running) return "";
  const wrong = [changed > 0 ? `${count(changed)} changed` : "", missing > 0 ? `${count(missing)} missing` : ""].filter(Boolean).join(", ");
  const when = last ? `Checked on ${dateOf(last.at)}` : "";
  return [when, wrong].filter(Boolean).join(":\n");
}

/** How far it is: files, bytes, speed, and how long it takes. */
export function progressWords({ done_files, files, done_bytes, bytes: all, bytes_per_second, seconds_left, stopping }: CheckingDto): string {
  if (stopping) return "Stopping…";
  if (files === 0) return "Looking through the library…";
  const parts = [`${count(done_files)} of ${plural(files, "file")}`, `${bytes(done_bytes)} of ${bytes(all)}`];
  if (bytes_per_second > 0) parts.push(speed(bytes_per_second));
  if (seconds_left !== null) parts.push(timeLeft(seconds_left));
  return parts.join(" · ");
}

/** What was found so far, nothing while all is well. */
export function soFar({ changed, missing }: CheckingDto): string {
  const parts = [changed > 0 ? `${count(changed)} changed` : "", missing > 0 ? `${count(missing)} not at ${missing === 1 ? "its" : "their"} place` : ""];
  const found = parts.filter(Boolean).join(", ");
  return found && `So far: ${found}.`;
}

/** The heading of a result. */
export function verdict({ last, changed, missing }: CheckDto): string {
  const wrong = changed + missing;
  if (wrong > 0) return `${plural(wrong, "file is", "files are")} not as ${wrong === 1 ? "it was" : "they were"} when ${wrong === 1 ? "it was" : "they were"} copied`;
  if (!last) return "";
  if (last.photos === 0) return "There is nothing in this library to check yet";
  if (last.photos === 1) return "The photo or video is as it was when it was copied";
  return `All ${count(last.photos)} photos and videos are as they were when they were copied`;
}

/** When that was, and how much was read. */
export function checkedWords({ last }: CheckDto): string {
  if (!last) return "";
  const moved = last.moved > 0 ? [`${plural(last.moved, "file")} found at another place in the library`] : [];
  return [`Checked on ${moment(last.at)}`, `${plural(last.files, "file")}, ${bytes(last.bytes)}`, ...moved].join(" · ");
}

/** What to do about it. */
export function advice({ new_again, changed, missing }: CheckDto): string {
  if (changed + missing === 0) return "";
  if (new_again === 0) return "No photo or video needs to be copied again.";
  const which = new_again === 1 ? "1 photo or video counts" : `${count(new_again)} photos and videos count`;
  return `${which} as new again. Connect the phone and import: what it still has is copied once more, and nothing that is here is overwritten.`;
}
