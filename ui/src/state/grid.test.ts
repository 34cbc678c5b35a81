import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost, PHONE } from "../../dev/fake-host";
import { makePhotos } from "../../dev/fake-photos";
import type { PageArgs } from "../ipc/bindings/PageArgs";
import { Grid } from "./grid.svelte";
import { Picks } from "./picks.svelte";

const VIEW = 700;

async function openGrid(photos: number, perDay = 14) {
  const host = new FakeHost();
  host.photos = makePhotos(photos, perDay);
  const grid = new Grid(host, PHONE.id, ["new", "already_imported"], (reason) => {
    throw reason;
  });
  const picks = new Picks(grid);
  grid.onChange = () => picks.rowsChanged();
  grid.view = { top: 0, height: VIEW };
  grid.refresh();
  await vi.advanceTimersByTimeAsync(500);
  return { host, grid, picks };
}

const settle = () => vi.advanceTimersByTimeAsync(1000);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("grid", () => {
  it("knows the geometry of 200,000 from the counts per day and fetches only what is near the view", async () => {
    const { host, grid } = await openGrid(200_000, 60);
    expect(grid.layout.count).toBe(200_000);
    grid.need(grid.layout.height - VIEW, grid.layout.height);
    await settle();
    expect(grid.assetAt(199_999)?.id).toBe(200_000);
    expect(grid.assetAt(100_000)).toBeUndefined();
    const asked = host.called("grid_rows") as PageArgs[];
    expect(asked.length).toBeLessThan(5);
    expect(Math.max(...asked.map(({ limit }) => limit))).toBeLessThanOrEqual(500);
    expect(host.called("grid_ids")).toEqual([]);
  });

  it("forgets pages far away, so that scrolling for ever costs no memory", async () => {
    const { grid } = await openGrid(40_000, 60);
    for (let at = 0; at < grid.layout.height; at += 2000) {
      grid.need(at, at + VIEW);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(grid.pages.size).toBeLessThanOrEqual(40);
  });

  it("asks again at a bounded pace while the listing runs, however much news there is", async () => {
    const { host, grid } = await openGrid(500);
    const before = host.called("grid_days").length;
    for (let n = 0; n < 200; n += 1) {
      grid.refresh();
      await vi.advanceTimersByTimeAsync(10);
    }
    await settle();
    const asked = (host.called("grid_days").length - before) / 2;
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(7);
  });

  it("keeps what is in view when newer days come in above", async () => {
    const { host, grid } = await openGrid(500);
    const day = grid.layout.blocks[12];
    grid.view = { top: (day?.top ?? 0) + 33, height: VIEW };
    host.photos = [...makePhotos(30).map((p) => ({ ...p, id: p.id + 9000, day: `2026-01-${String(40 - p.id).padStart(2, "0")}` })), ...host.photos];
    grid.refresh();
    await settle();
    const moved = grid.layout.blocks.find((block) => block.day === day?.day);
    expect(moved?.top).toBeGreaterThan(day?.top ?? 0);
    expect(grid.goTo).toBe((moved?.top ?? 0) + 33);
    expect(grid.asset("new", moved?.offset ?? 0)?.day).toBe(day?.day);
  });

  it("drops rows of an older state that arrive late", async () => {
    const { host, grid } = await openGrid(2000);
    host.delayMs = 300;
    grid.need(grid.layout.height - VIEW, grid.layout.height);
    host.delayMs = 0;
    host.photos = host.photos.slice(0, 10);
    grid.refresh();
    await settle();
    expect(grid.layout.count).toBe(10);
    expect([...grid.pages.keys()]).toEqual(["new/0"]);
  });

  it("says so when rows cannot be had, and asks again only when needed again", async () => {
    const host = new FakeHost();
    host.photos = makePhotos(5);
    const failures: unknown[] = [];
    const grid = new Grid(host, PHONE.id, ["new"], (reason) => failures.push(reason));
    host.failing.grid_days = { code: "catalog", message: "The catalog is damaged." };
    grid.refresh();
    await settle();
    expect(failures).toHaveLength(1);
    delete host.failing.grid_days;
    grid.refresh();
    await settle();
    expect(grid.layout.count).toBe(5);
  });
});

describe("picks", () => {
  it("follow clicks: only, toggle, range, added range", async () => {
    const { picks } = await openGrid(100);
    await picks.pick(3, "only");
    await picks.pick(5, "only");
    expect(picks.ids).toEqual([6]);
    await picks.pick(8, "toggle");
    expect(picks.ids).toEqual([6, 9]);
    await picks.pick(11, "range");
    expect(picks.ids).toEqual([9, 10, 11, 12]);
    await picks.pick(20, "toggle");
    await picks.pick(22, "add_range");
    expect(picks.ids).toEqual([9, 10, 11, 12, 21, 22, 23]);
    await picks.pick(9, "toggle");
    expect(picks.has(10)).toBe(false);
  });

  it("reach over rows that are not loaded, by ids in pages of 10,000", async () => {
    const { host, picks } = await openGrid(25_000, 60);
    await picks.pick(2, "only");
    await picks.pick(24_999, "range");
    expect(picks.count).toBe(24_998);
    expect(host.called("grid_ids")).toHaveLength(3);
    await picks.pickAll();
    expect(picks.count).toBe(25_000);
    expect(host.called("grid_ids")).toHaveLength(3);
  });

  it("hold what is new or what is here, never both", async () => {
    const { host, grid, picks } = await openGrid(30);
    for (const { id } of host.photos.slice(20)) host.copied.add(id);
    grid.refresh();
    await settle();
    await picks.pick(25, "only");
    expect([picks.ids, picks.family]).toEqual([[26], "copied"]);
    await picks.pick(18, "toggle");
    expect([picks.ids, picks.family]).toEqual([[19], "fresh"]);
    await picks.pick(27, "range");
    expect(picks.ids).toEqual([19, 20]);
    await picks.pick(24, "toggle");
    await picks.pick(10, "range");
    expect([picks.ids, picks.family]).toEqual([[21, 22, 23, 24, 25], "copied"]);
    await picks.pickAll();
    expect([picks.count, picks.family]).toEqual([20, "fresh"]);
  });

  it("take a burst as a whole, and the frames that are chosen of it", async () => {
    const { host, grid, picks } = await openGrid(30);
    host.bursts = [{ ids: [4, 5, 6, 7], picked: 1 }];
    grid.refresh();
    await settle();
    expect(grid.layout.count).toBe(27);
    await picks.pick(3, "only");
    expect(picks.ids).toEqual([4, 5, 6, 7]);
    picks.choose([4, 5, 6, 7], [4], "new");
    expect([picks.ids, picks.coverageOf([4, 5, 6, 7])]).toEqual([[4], "some"]);
    await picks.pick(3, "toggle");
    expect(picks.count).toBe(4);
    await picks.pick(5, "range");
    expect(picks.ids).toEqual([4, 5, 6, 7, 8, 9]);
    await picks.pickAll();
    expect(picks.count).toBe(30);
  });

  it("are kept while another album is looked at, and added to", async () => {
    const { host, grid, picks } = await openGrid(30);
    host.albums = { Rome: [1, 2, 3], Paris: [10, 11] };
    grid.show({ album: 1 });
    await settle();
    expect(grid.layout.count).toBe(3);
    await picks.pickAll();
    grid.show({ album: 2 });
    await settle();
    expect(picks.ids).toEqual([1, 2, 3]);
    await picks.pickAll();
    await picks.prune();
    expect(picks.ids).toEqual([1, 2, 3, 10, 11]);
    host.copied.add(2);
    await picks.prune();
    expect(picks.ids).toEqual([1, 3, 10, 11]);
  });

  it("take a day as a whole and let go of it again", async () => {
    const { grid, picks } = await openGrid(100);
    const day = grid.layout.blocks[2];
    if (!day) throw new Error("no second day");
    await picks.pick(day.first, "only");
    expect(picks.coverage(day)).toBe("some");
    await picks.pickDay(day);
    expect(picks.count).toBe(day.count);
    expect(picks.coverage(day)).toBe("all");
    await picks.pickDay(day);
    expect(picks.count).toBe(0);
  });

  it("stay with their photos when rows move, and so does the keyboard's place", async () => {
    const { host, grid, picks } = await openGrid(60);
    await picks.pick(10, "only");
    host.photos = [...makePhotos(1).map((photo) => ({ ...photo, id: 5000, day: "2026-02-02" })), ...host.photos];
    grid.refresh();
    await settle();
    expect(picks.ids).toEqual([11]);
    expect(picks.focus?.index).toBe(11);
  });

  it("let go of photos that are no longer new", async () => {
    const { host, grid, picks } = await openGrid(20);
    await picks.pickAll();
    host.copied.add(1).add(2);
    grid.refresh();
    await settle();
    await picks.prune();
    expect(picks.count).toBe(18);
  });

  it("move, extend and toggle with the keyboard", async () => {
    const { grid, picks } = await openGrid(100);
    const press = (key: string, shiftKey = false) => picks.key({ key, shiftKey, ctrlKey: false, metaKey: false, altKey: false } as KeyboardEvent, 4);
    expect(await press("ArrowRight")).toBe(true);
    expect([picks.focus?.index, picks.ids]).toEqual([0, [1]]);
    await press("ArrowRight");
    await press("ArrowRight", true);
    await press("ArrowRight", true);
    expect(picks.ids).toEqual([2, 3, 4]);
    await picks.pick(3, "toggle");
    expect(picks.ids).toEqual([2, 3]);
    await press("End");
    expect(picks.focus?.index).toBe(grid.layout.count - 1);
    expect(await press("q")).toBe(false);
  });

  it("let the later of two clicks win, even when ids of the first are slow", async () => {
    const { host, picks } = await openGrid(100);
    host.delayMs = 200;
    await picks.pick(1, "only");
    const slow = picks.pick(50, "range");
    await picks.pick(7, "only");
    await settle();
    await slow;
    expect(picks.ids).toEqual([8]);
  });
});
