// What may be imported now: the one answer for the buttons and the keys.
import type { PlanDto } from "../ipc/bindings/PlanDto";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import type { App } from "./app.svelte";
import type { OpenSource } from "./open-source.svelte";

export interface Offer {
  /** How many are picked. */
  picked: number;
  /** How many are new, in the album if one is shown. */
  fresh: number;
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
}

/** Null where nothing is offered: no source is shown, or it could not be listed. */
export function offerOf(app: App): Offer | null {
  const { open, plans, imports } = app;
  const scan = open?.scan;
  if (app.screen !== "source" || !open || !scan || open.failure) return null;
  const picked = open.picks.count;
  const listing = scan.phase === "listing";
  const { fresh, album } = freshOf(open, scan);
  const idle = !imports.running && !imports.starting;
  const inTheWay = { all: problemOf(app, plans.all), picked: problemOf(app, plans.picked) };
  return {
    picked,
    fresh,
    album,
    again: picked > 0 && open.picks.family === "copied",
    listing,
    mayAll: idle && fresh > 0 && !listing && inTheWay.all === null,
    mayPicked: idle && picked > 0 && inTheWay.picked === null,
    problem: picked > 0 ? inTheWay.picked : fresh > 0 ? inTheWay.all : null,
  };
}

function freshOf({ albums }: OpenSource, scan: ScanDto): Pick<Offer, "fresh" | "album"> {
  if (albums.chosen === null) return { fresh: scan.new, album: null };
  return { fresh: albums.current?.new ?? 0, album: albums.chosen.at(-1) ?? "" };
}

/** Why a plan cannot be carried out. Without a library the buttons lead to choosing one. */
function problemOf(app: App, plan: PlanDto | null): string | null {
  const { problem } = plan ?? {};
  return problem && problem.code !== "no_library" && app.libraries.current ? problem.message : null;
}
