import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeHost, PHONE } from "../../dev/fake-host";
import { makePhotos } from "../../dev/fake-photos";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import { OpenSource } from "./open-source.svelte";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(1000);

async function opened(photos: number, importing = () => false) {
  const host = new FakeHost();
  host.photos = makePhotos(photos);
  const open = new OpenSource(host, PHONE.id, () => {}, importing);
  open.grid.view = { top: 0, height: 20_000 };
  await open.open();
  await settle();
  return { host, open };
}

it("takes news of a listing for newer than an answer that was under way", async () => {
  const host = new FakeHost();
  host.scan = { phase: "listing" };
  const answered = host.scanNow();
  let answer: (scan: ScanDto) => void = () => {};
  const others = host.call.bind(host);
  const held = new Promise<ScanDto>((done) => (answer = done));
  host.call = ((name, args) => (name === "open_source" ? held : others(name, args))) as FakeHost["call"];
  const open = new OpenSource(host, PHONE.id, () => {});
  const opening = open.open();
  open.news({ ...answered, error: { code: "trust_pending", message: "Asking." } });
  answer(answered);
  await opening;
  expect(open.waiting?.code).toBe("trust_pending");
  open.stop();
});

it("imports what is picked, also where as many others are new", async () => {
  const { host, open } = await opened(2);
  open.picks.toggle([1], "new");
  // It was deleted on the phone, and the news of that is here before the rows are.
  open.news({ ...host.scanNow(), new: 1, revision: 2 });
  expect(open.selected()).toEqual({ kind: "assets", ids: [1] });
  open.stop();
});

it("looks for what is no longer new once at the end of an import, and what is seen to be imported is put back at once", async () => {
  let importing = true;
  const { host, open } = await opened(30, () => importing);
  open.picks.toggle([1, 2, 3], "new");
  for (const id of [1, 2]) {
    host.copied.add(id);
    host.revision += 1;
    open.news(host.scanNow());
    await settle();
  }
  expect([host.called("grid_ids"), open.picks.ids]).toEqual([[], [3]]);
  importing = false;
  open.grid.refresh();
  await settle();
  expect([host.called("grid_ids").length, open.picks.ids]).toEqual([1, [3]]);
  open.stop();
});

it("never asks for every id twice at a time", async () => {
  const { host, open } = await opened(30);
  open.picks.toggle([1, 2, 3], "new");
  host.delayMs = 100;
  const pruned = Promise.all([1, 2, 3, 4].map(() => open.picks.prune()));
  await settle();
  await pruned;
  expect(host.called("grid_ids")).toHaveLength(2);
  expect(open.picks.count).toBe(3);
  open.stop();
});
