// What may be imported now: the one answer for the buttons and the keys.
import type { PlanDto } from "../ipc/bindings/PlanDto";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { App } from "./app.svelte";
import { occupied } from "./occupied";
import type { OpenSource } from "./open-source.svelte";

export interface Offer {
  /** How many are picked. */
  picked: number;
  /** How many are new, in the album if one is shown, and can be read as far as is known. */
  fresh: number;
  /** How many are new and could not be read: an import of all tries these, too. In an album they are among the others. */
  unread: number;
  /** Of how many that are only in iCloud a smaller picture would be looked for, where that is wished. */
  small: number;
  /** The name of the album that is shown. */
  album: string | null;
  /** What is picked is in the library already: importing it makes further copies, which is asked first. */
  again: boolean;
  /** The listing runs, so that "all" is not known yet. */
  listing: boolean;
  mayAll: boolean;
  mayPicked: boolean;
  /** Why neither is possible. */
  problem: string | null;
  /** What has to end before either is possible; nothing is wrong then. */
  waits: string | null;
}

/** Null where nothing is offered: no source is shown, or it could not be listed. */
export function offerOf(app: App): Offer | null {
  const { open, plans } = app;
  const scan = open?.scan;
  if (app.screen !== "source" || !open || !scan || open.failure) return null;
  const picked = open.picks.count;
  const listing = scan.phase === "listing";
  const { fresh, unread, small, album, any } = freshOf(open, scan, plans.all);
  const idle = isIdle(app);
  const inTheWay = { all: problemOf(app, plans.all), picked: problemOf(app, plans.picked) };
  return {
    picked,
    fresh,
    unread,
    small,
    album,
    again: picked > 0 && open.picks.family === "copied",
    listing,
    mayAll: idle && any && !listing && inTheWay.all === null,
    mayPicked: idle && picked > 0 && inTheWay.picked === null,
    problem: picked > 0 ? inTheWay.picked : any ? inTheWay.all : null,
    waits: picked + fresh + unread + small > 0 ? occupied(app) : null,
  };
}

/** Whether an import could begin in the library. */
function isIdle(app: App): boolean {
  return !app.imports.running && !app.imports.starting && occupied(app) === null;
}

/** What "all" would bring, and whether that is anything. */
function freshOf({ albums }: OpenSource, scan: ScanDto, plan: PlanDto | null): Pick<Offer, "fresh" | "unread" | "small" | "album"> & { any: boolean } {
  const unread = albums.chosen === null ? scan.missing : 0;
  const fresh = albums.chosen === null ? scan.new - unread : (albums.current?.new ?? 0);
  const small = plan?.renditions ?? 0;
  return { fresh, unread, small, album: albums.chosen === null ? null : (albums.chosen.at(-1) ?? ""), any: fresh + unread + small > 0 };
}

/** Why a plan cannot be carried out. Without a library the buttons lead to choosing one. */
function problemOf(app: App, plan: PlanDto | null): string | null {
  const { problem } = plan ?? {};
  return problem && problem.code !== "no_library" && app.libraries.current ? problem.message : null;
}
