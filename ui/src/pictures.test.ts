// Pictures that are scrolled away before they come, over an engine in memory.
import { cleanup, fireEvent, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(() => {
  vi.useRealTimers();
  cleanup();
});

const withPhotos = (host: FakeHost) => void (host.photos = makePhotos(3000));
const cell = (id: number) => document.querySelector<HTMLElement>(`[data-testid=cell][data-id="${id}"]`);
const image = (id: number) => cell(id)?.querySelector("img") as HTMLImageElement;
const forgotten = (host: FakeHost) => host.called("forget_pictures").flatMap((args) => (args as { tokens: string[] }).tokens);

async function scroll(to: number, ms: number) {
  const grid = screen.getByTestId("grid");
  grid.scrollTop = to;
  await fireEvent.scroll(grid);
  await settle(ms);
}

describe("pictures that are scrolled away", () => {
  it("are taken back in one call, unless they came before", async () => {
    const { host } = await openPage(withPhotos);
    const shown = screen.getAllByTestId("cell").map(({ dataset }) => Number(dataset["id"]));
    expect(shown.slice(0, 3)).toEqual([1, 2, 3]);
    await fireEvent.load(image(2));
    await fireEvent.error(image(3));
    expect(cell(3)?.querySelector(".no-picture")).not.toBeNull();
    await scroll(20_000, 200);
    expect(cell(1)).toBeNull();
    expect(host.called("forget_pictures")).toHaveLength(1);
    expect(forgotten(host)).toEqual(shown.filter((id) => id !== 2 && id !== 3).map((id) => `fake-${id}`));
  });

  it("are asked for again when they come back, and a late taking back is no missing picture", async () => {
    const { host } = await openPage(withPhotos);
    await scroll(20_000, 200);
    expect(forgotten(host)).toContain("fake-1");
    await scroll(0, 200);
    expect(image(1).getAttribute("src")).toContain("data:image/svg+xml");
    await fireEvent.error(image(1));
    expect(image(1).getAttribute("src")).toContain("data:image/svg+xml");
    await fireEvent.load(image(1));
    await scroll(20_000, 200);
    expect(forgotten(host).filter((token) => token === "fake-1")).toHaveLength(1);
  });

  it("are not asked for for ever", async () => {
    await openPage(withPhotos);
    await scroll(20_000, 200);
    await scroll(0, 200);
    for (let n = 0; n < 3 && image(1); n += 1) await fireEvent.error(image(1));
    expect(cell(1)?.querySelector(".no-picture")).not.toBeNull();
  });

  it("stay asked for when they are back at once", async () => {
    const { host } = await openPage(withPhotos);
    vi.useFakeTimers();
    const grid = screen.getByTestId("grid");
    grid.scrollTop = 20_000;
    await fireEvent.scroll(grid);
    expect(cell(1)).toBeNull();
    grid.scrollTop = 0;
    await fireEvent.scroll(grid);
    expect(cell(1)).not.toBeNull();
    vi.advanceTimersByTime(1000);
    expect(forgotten(host)).not.toContain("fake-1");
  });
});
