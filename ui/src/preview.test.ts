// One photo on its own, over an engine in memory.
import { cleanup, fireEvent, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const cell = (n: number) => screen.getAllByTestId("cell")[n] as HTMLElement;
const shown = () => Number(get("preview").dataset["id"]);
const press = async (key: string, more: object = {}) => {
  await fireEvent.keyDown(get("preview"), { key, ...more });
  await settle();
};
const withPhotos = (count: number, copied = 0) => (host: FakeHost) => {
  host.photos = makePhotos(count);
  for (const { id } of host.photos.slice(count - copied)) host.copied.add(id);
};

async function looking(prepare: (host: FakeHost) => void, at = 0) {
  const page = await openPage(prepare);
  await page.user.dblClick(cell(at));
  await settle();
  return page;
}

/** The large picture has come, of this size. */
async function arrive(id: string, naturalWidth: number, naturalHeight: number) {
  const picture = get(id);
  Object.defineProperties(picture, { naturalWidth: { value: naturalWidth }, naturalHeight: { value: naturalHeight } });
  await fireEvent.load(picture);
  await settle();
}

describe("looking at one photo", () => {
  it("opens by Space, Enter and a double click, and closes by Space and Escape", async () => {
    const { user } = await openPage(withPhotos(60));
    await user.click(cell(3));
    await user.keyboard(" ");
    await settle();
    expect(shown()).toBe(4);
    await press(" ");
    gone("preview");
    get("grid").focus();
    await user.keyboard("{Enter}");
    await settle();
    expect(shown()).toBe(4);
    await press("Escape");
    gone("preview");
    await user.dblClick(cell(7));
    await settle();
    expect(shown()).toBe(8);
    await user.click(get("close-preview"));
    gone("preview");
  });

  it("walks in the order of the grid, over sections, and leaves the grid at the photo seen last", async () => {
    const { app, user, host } = await looking(withPhotos(10, 4), 4);
    expect(screen.getByText("5 of 10")).toBeTruthy();
    await press("ArrowRight");
    await press("ArrowRight");
    expect(shown()).toBe(7);
    expect(text("preview-where")).toContain("In your library: Originals/2025/");
    gone("preview-pick");
    await press("ArrowLeft");
    expect(shown()).toBe(6);
    await press("Home");
    expect([shown(), (get("previous-photo") as HTMLButtonElement).disabled]).toEqual([1, true]);
    await user.click(get("next-photo"));
    await settle();
    expect(shown()).toBe(2);
    await press("End");
    expect([shown(), (get("next-photo") as HTMLButtonElement).disabled]).toEqual([10, true]);
    await press("ArrowRight");
    expect(shown()).toBe(10);
    await press("Escape");
    expect(app.open?.picks.focus?.index).toBe(9);
    expect(get("grid").getAttribute("aria-activedescendant")).toBe("cell-9");
    expect(document.activeElement).toBe(get("grid"));
    expect(host.called("leave_preview").length).toBe(1);
  });

  it("tells the engine what is looked at and what may be next", async () => {
    const { host } = await looking(withPhotos(10), 4);
    expect(host.called("preview").at(-1)).toEqual({ id: 5, beside: [6, 4] });
    await press("ArrowRight");
    expect(host.called("preview").at(-1)).toEqual({ id: 6, beside: [7, 5] });
  });

  it("selects and deselects, and leaves other selections alone", async () => {
    const { app, user } = await looking(withPhotos(60), 2);
    expect(app.open?.picks.count).toBe(1);
    await press("ArrowRight");
    expect(get("preview-pick").getAttribute("aria-checked")).toBe("false");
    await press("t");
    expect([get("preview-pick").getAttribute("aria-checked"), app.open?.picks.count]).toEqual(["true", 2]);
    await user.click(get("preview-pick"));
    expect(app.open?.picks.ids).toEqual([3]);
  });

  it("says when, how large, with what and where", async () => {
    await looking(withPhotos(10));
    expect(text("preview-caption")).toContain("(UTC+1)");
    expect(text("preview-caption")).toContain("4,032 × 3,024");
    expect(text("preview-caption")).toContain("Apple iPhone 15 Pro");
    expect(text("preview-where")).toBe("Not in your library yet.");
    expect(get("preview").getAttribute("aria-label")).toMatch(/^Preview: IMG_/);
  });

  it("explains what is only in iCloud, and says that the picture is the phone’s own", async () => {
    await looking((host) => {
      withPhotos(10)(host);
      host.told = () => ({ original: "only_in_icloud" });
    });
    expect(text("preview-caption")).toContain("Only in iCloud");
    expect(text("preview-where")).toContain("the small picture that this iPhone keeps");
  });

  it("shows the photo that took its place when it goes, and closes with the last one", async () => {
    const { host, app } = await looking(withPhotos(3), 2);
    host.photos = host.photos.slice(0, 2);
    host.list();
    await settle(500);
    expect(shown()).toBe(2);
    host.photos = [];
    host.list();
    await settle(500);
    expect(app.preview).toBeNull();
    gone("preview");
  });

  it("works in the last import, where nothing is picked", async () => {
    const { app, host, user } = await openPage(withPhotos(5));
    await app.importNow("all");
    host.finish();
    app.showLastImport();
    await settle(500);
    await user.click(cell(1));
    get("grid").focus();
    await user.keyboard("{ArrowRight} ");
    await settle();
    expect(shown()).toBe(3);
    gone("preview-pick");
    expect(get("grid").getAttribute("aria-multiselectable")).toBe("false");
  });
});

describe("the picture", () => {
  const stills = (host: FakeHost) => {
    withPhotos(10)(host);
    host.photos = host.photos.map((photo) => ({ ...photo, kind: "photo" }));
  };

  it("is the grid’s own at first, then the large one, and its neighbours are fetched after it", async () => {
    const { host } = await openPage(withPhotos(10));
    const asked = vi.spyOn(host, "pictureUrl");
    await fireEvent.dblClick(cell(4));
    await settle();
    expect(get("stage").querySelectorAll("img").length).toBe(2);
    expect(asked).toHaveBeenCalledWith("fake-5-1024");
    expect(asked).not.toHaveBeenCalledWith("fake-6-1024");
    await arrive("preview-picture", 1024, 768);
    expect(get("stage").querySelectorAll("img").length).toBe(1);
    expect(asked).toHaveBeenCalledWith("fake-6-1024");
    expect(asked).toHaveBeenCalledWith("fake-4-1024");
  });

  it("comes in full when it is looked at closely", async () => {
    await looking(stills);
    await arrive("preview-picture", 1024, 768);
    gone("full-picture");
    await press("z");
    expect(Number(get("stage").dataset["zoom"])).toBeGreaterThan(3);
    expect(get("full-picture")).toBeTruthy();
    await press("0");
    expect(get("stage").dataset["zoom"]).toBe("1.00");
    await press("+");
    await press("-");
    expect(get("stage").dataset["zoom"]).toBe("1.00");
    await fireEvent.wheel(get("stage"), { deltaY: -400 });
    expect(Number(get("stage").dataset["zoom"])).toBeGreaterThan(2);
    await fireEvent.dblClick(get("stage"));
    expect(get("stage").dataset["zoom"]).toBe("1.00");
    await press("z");
    await press("ArrowRight");
    expect([shown(), get("stage").dataset["zoom"]]).toEqual([2, "1.00"]);
  });

  it("that cannot be drawn is a card with the reason", async () => {
    const { host } = await looking((h) => {
      stills(h);
      h.pictureProblem = "its picture cannot be decoded";
    });
    await fireEvent.error(get("preview-picture"));
    await settle();
    expect(text("preview-problem")).toContain("Its picture cannot be decoded.");
    expect(host.called("picture_problem")).toEqual([{ id: 1, edge: 1024 }]);
    await press("ArrowRight");
    gone("preview-problem");
  });

  it("that could not be had once is asked for again", async () => {
    await looking(stills);
    await fireEvent.error(get("preview-picture"));
    await settle();
    gone("preview-problem");
    await fireEvent.error(get("preview-picture"));
    await settle();
    await fireEvent.error(get("preview-picture"));
    await settle();
    expect(text("preview-problem")).toContain("It could not be loaded.");
  });
});

describe("a film", () => {
  const films = (kind: string) => (host: FakeHost) => {
    withPhotos(10, 5)(host);
    host.photos = host.photos.map((photo) => ({ ...photo, kind }));
  };
  const stubbed = () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
    const pause = vi.spyOn(HTMLMediaElement.prototype, "pause").mockReturnValue();
    return { play, pause };
  };

  it("plays with the player’s own buttons and by Enter", async () => {
    const { play } = stubbed();
    await looking(films("video"));
    const film = get("film") as HTMLVideoElement;
    expect([film.getAttribute("src"), film.controls]).toEqual(["http://127.0.0.1:9/secret/fake-1", true]);
    await press("Enter");
    expect(play).toHaveBeenCalledTimes(1);
  });

  it("that this computer cannot play is offered to another program once it has a copy", async () => {
    const { host, user } = await looking(films("video"), 5);
    await fireEvent.error(get("film"));
    await settle();
    expect(text("film-problem")).toContain("can’t play HEVC videos on this computer");
    await user.click(get("open-elsewhere"));
    expect(host.called("open_elsewhere")).toEqual([{ id: 6 }]);
    await press("Home");
    await fireEvent.error(get("film"));
    await settle();
    expect(text("film-problem")).toContain("Once it is imported");
    gone("open-elsewhere");
  });

  it("of which only the sound could be played is not", async () => {
    await looking(films("video"));
    Object.defineProperties(get("film"), { videoWidth: { value: 0 }, currentTime: { value: 1 } });
    await fireEvent.timeUpdate(get("film"));
    expect(get("film-problem")).toBeTruthy();
  });

  it("that is all there and waits is told to go on", async () => {
    const { play, pause } = stubbed();
    await looking(films("video"));
    const film = get("film");
    Object.defineProperties(film, { paused: { value: false }, duration: { value: 2 }, buffered: { value: { length: 1, end: () => 1 }, configurable: true } });
    await fireEvent(film, new Event("stalled"));
    expect(play).not.toHaveBeenCalled();
    Object.defineProperty(film, "buffered", { value: { length: 1, end: () => 2 }, configurable: true });
    await fireEvent(film, new Event("stalled"));
    expect([pause.mock.calls.length, play.mock.calls.length]).toEqual([1, 1]);
  });

  it("of a Live Photo plays by its button and while the picture is held", async () => {
    const { play, pause } = stubbed();
    const { user } = await looking(films("live_photo"));
    const film = get("film") as HTMLVideoElement;
    expect(film.controls).toBe(false);
    await user.click(get("play-live"));
    expect(play).toHaveBeenCalledTimes(1);
    await fireEvent.play(film);
    expect(film.className).toContain("playing");
    await fireEvent.ended(film);
    expect(film.className).not.toContain("playing");
    await fireEvent.pointerDown(get("stage"), { button: 0 });
    await settle(300);
    expect(play).toHaveBeenCalledTimes(2);
    Object.defineProperty(film, "paused", { value: false });
    await fireEvent.pointerUp(get("stage"));
    expect(pause).toHaveBeenCalledTimes(1);
  });
});
