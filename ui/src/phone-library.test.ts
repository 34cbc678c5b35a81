// What the phone's own library adds to the page: albums, what is kept apart or only in iCloud, bursts, details.
import { cleanup, fireEvent, screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { LIBRARY, PHONE, type FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const cellOf = (id: number) => document.querySelector<HTMLElement>(`[data-testid=cell][data-id="${id}"]`);
const album = (name: string) => screen.getAllByTestId("album").find((row) => row.textContent?.includes(name)) as HTMLElement;
const last = <T>(list: T[]) => list.at(-1);
const BOOKS = "40 on this iPhone = 10 here, verified + 20 new + 5 only in iCloud + 3 hidden + 2 recently deleted";

/** 40 photos: 20 new, 5 in iCloud, 3 hidden, 2 deleted, 10 copied. */
function phone(host: FakeHost): void {
  host.photos = makePhotos(40);
  const ids = host.photos.map(({ id }) => id);
  host.apart.only_in_icloud = new Set(ids.slice(20, 25));
  host.apart.hidden = new Set(ids.slice(25, 28));
  host.apart.recently_deleted = new Set(ids.slice(28, 30));
  for (const id of ids.slice(30)) host.copied.add(id);
  host.albums = { "Trips/Rome": [1, 2, 3, 22, 31], "Trips/Old": [35], Best: [1, 4] };
}

describe("what the phone keeps apart", () => {
  it("is off until it is asked for, and can then be chosen", async () => {
    const { host, user } = await openPage(phone);
    gone("section-hidden");
    expect(text("show-hidden")).toBe("Show Hidden (3)");
    await user.click(get("show-hidden"));
    await settle(500);
    expect(text("section-hidden")).toBe("Hidden 3");
    gone("section-recently_deleted");
    await user.click(cellOf(26) as HTMLElement);
    await settle(350);
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "assets", ids: [26] }, catalog: LIBRARY.id }]);
  });

  it("is let go of when it is put away", async () => {
    const { user } = await openPage(phone);
    await user.click(get("show-recently_deleted"));
    await settle(500);
    await user.click(cellOf(29) as HTMLElement);
    expect(text("import-selected")).toBe("Import Selected (1)");
    await user.click(get("show-recently_deleted"));
    await settle(600);
    gone("section-recently_deleted");
    expect(text("import-selected")).toBe("Import Selected (0)");
  });
});

describe("what is only in iCloud", () => {
  it("is marked, explained and not chosen", async () => {
    const { user } = await openPage(phone);
    expect(text("section-only_in_icloud")).toContain("Only in iCloud 5 The iPhone keeps only small pictures of these");
    const cell = cellOf(21) as HTMLElement;
    expect(cell.querySelector(".badge.cloud")).not.toBeNull();
    expect(cell.querySelector("img")).not.toBeNull();
    expect(cell.getAttribute("aria-label")).toContain("only in iCloud, can’t be imported yet");
    await user.click(cell);
    expect(text("import-selected")).toBe("Import Selected (0)");
    expect(cell.querySelector("[data-check]")).toBeNull();
    await user.keyboard("{Control>}a{/Control}");
    await settle();
    expect(text("import-selected")).toBe("Import Selected (20)");
  });
});

describe("albums", () => {
  it("are listed in their folders with what is new, and show their photos alone", async () => {
    const { user } = await openPage(phone);
    expect(text("albums")).toBe("Albums All Photos Best 2 new 2 Trips Old 1 Rome 3 new 5");
    await user.click(album("Rome"));
    await settle(500);
    expect(text("album-filter")).toBe("Trips › Rome");
    expect([text("section-new"), text("section-already_imported")]).toEqual(["New 3", "Already imported 1"]);
    expect(text("import-all")).toBe("Import Album (3)");
    expect(text("plan-amount")).toMatch(/^3 new in “Rome” · /);
    expect(text("scan-summary")).toBe(BOOKS);
    await user.click(get("album-filter"));
    await settle(500);
    expect(text("section-new")).toBe("New 20");
    expect(text("scan-summary")).toBe(BOOKS);
  });

  it("are imported by what is new in them", async () => {
    const { host, user } = await openPage(phone);
    await user.click(album("Rome"));
    await settle(500);
    await user.click(get("import-all"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "album", album: 1 }, catalog: LIBRARY.id }]);
    expect(host.run?.total_assets).toBe(3);
  });

  it("can be folded, and are found by typing when there are many", async () => {
    const { user } = await openPage((h) => (phone(h), (h.albums = { ...h.albums, ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`Album ${n}`, [n + 1]])) })));
    await user.click(get("album-folder"));
    expect(get("album-folder").getAttribute("aria-expanded")).toBe("false");
    expect(album("Rome")).toBeUndefined();
    await user.type(get("find-album"), "rom");
    expect(screen.getAllByTestId("album")).toHaveLength(1);
    expect(album("Trips › Rome")).toBeTruthy();
    await user.type(get("find-album"), "x");
    expect(text("albums")).toContain("No album is called that.");
  });

  it("stay chosen while the phone is looked through again", async () => {
    const { host, user } = await openPage(phone);
    await user.click(album("Rome"));
    host.photos = host.photos.slice(2);
    host.list();
    await settle(600);
    expect(text("section-new")).toBe("New 1");
    expect(last(host.called("grid_days") as { album: number }[])?.album).toBe(1);
  });

  it("say so when they are gone", async () => {
    const { host, user } = await openPage(phone);
    await user.click(album("Old"));
    host.albums = { "Trips/Rome": [1] };
    host.list();
    await settle(2200);
    expect(text("album-empty")).toContain("“Trips › Old” isn’t on this iPhone any more");
    await user.click(screen.getByText("Show All Photos"));
    await settle(500);
    gone("album-empty");
    expect(text("section-new")).toBe("New 20");
  });

  it("are no section of a source that has none, and a failure is said", async () => {
    const { host } = await openPage((h) => (phone(h), (h.albums = {})));
    gone("albums");
    host.failing.albums = { code: "catalog", message: "The catalog is damaged." };
    host.list();
    await settle(1800);
    expect(text("notice")).toBe("The catalog is damaged.");
  });
});

describe("details", () => {
  const rest = async (id: number) => {
    await fireEvent.pointerOver(cellOf(id) as HTMLElement);
    await settle(750);
  };

  it("come when the pointer rests: where the copy is, since when, how it is known and how it was verified", async () => {
    const { user } = await openPage((h) => (phone(h), (h.details = { caption: "At the lake" })));
    await user.click(album("Rome"));
    await settle(500);
    await rest(31);
    const facts = Array.from(get("details").querySelectorAll("dt"), (label) => `${label.textContent}: ${label.nextElementSibling?.textContent}`);
    expect(facts[0]).toMatch(/^In your library: Originals\/2025\//);
    expect(facts[1]).toMatch(/^Imported: Nov 20, 2025, /);
    expect(facts.slice(2)).toEqual([
      "Recognised by: same name, size and date as the file that was copied",
      "Verified: compared with the phone’s own checksum",
      "Caption: At the lake",
      "Albums: Trips › Rome",
      "Size: 4032 × 3024",
    ]);
    await fireEvent.pointerLeave(get("grid"));
    gone("details");
  });

  it("say that a photo of another phone is recognised by Apple’s fingerprint", async () => {
    const copy = { path: "Originals/2025/2025-11-20/IMG_0001.JPG", imported_at: null, matched: "apple_fingerprint" as const, evidence: "read_back" as const };
    await openPage((h) => (phone(h), (h.details = { copy })));
    await rest(1);
    expect(text("details")).toContain("same fingerprint by Apple and same size as the photo that was copied");
  });

  it("say where the phone’s setting is for what is only in iCloud", async () => {
    await openPage(phone);
    await rest(21);
    expect(text("details")).toContain("To import it, choose Settings › your name › iCloud › Photos › Download and Keep Originals on the iPhone.");
  });

  it("say where a smaller picture of it is", async () => {
    await openPage((h) => (phone(h), h.small.add(21)));
    expect(cellOf(21)?.getAttribute("aria-label")).toContain("a smaller picture of it is in the library");
    await rest(21);
    expect(text("details")).toMatch(/A smaller picture of it is in the library: Originals\/2025\/.*\.rendition\.jpg/);
    expect(text("scan-summary")).toContain("5 only in iCloud (1 here as smaller pictures)");
  });

  it("come with the keyboard, too, and go with Escape", async () => {
    const { user } = await openPage(phone);
    get("grid").focus();
    await user.keyboard("{ArrowRight}");
    await settle(750);
    expect(text("details")).toContain("IMG_4000");
    await user.keyboard("{Escape}");
    gone("details");
  });

  it("show what the cell knows when the engine does not answer", async () => {
    const { host } = await openPage(phone);
    host.failing.photo = { code: "catalog", message: "Damaged." };
    await rest(2);
    expect(text("details")).toMatch(/^IMG_4001/);
  });
});

describe("bursts", () => {
  const burst = (h: FakeHost) => (phone(h), (h.bursts = [{ ids: [3, 4, 5, 6], picked: 2 }]));

  it("are one cell with a count, and import all their frames", async () => {
    const { user } = await openPage(burst);
    expect(text("section-new")).toBe("New 20");
    expect(cellOf(4)).toBeNull();
    expect(cellOf(3)?.querySelector("[data-burst]")?.textContent?.trim()).toBe("4");
    await user.click(cellOf(3) as HTMLElement);
    expect(text("import-selected")).toBe("Import Selected (4)");
  });

  it("open to choose frames, the picked ones first", async () => {
    const { user } = await openPage(burst);
    await user.click(cellOf(3)?.querySelector("[data-burst]") as HTMLElement);
    await settle();
    const frames = within(get("burst")).getAllByTestId("burst-frame");
    expect(frames.map((frame) => frame.getAttribute("aria-label")?.includes("picked on the iPhone"))).toEqual([true, true, false, false]);
    await user.click(get("burst-picks"));
    expect(text("import-selected")).toBe("Import Selected (2)");
    await user.click(frames[3] as HTMLElement);
    expect(text("import-selected")).toBe("Import Selected (3)");
    await user.click(screen.getByText("Done"));
    expect(cellOf(3)?.getAttribute("aria-selected")).toBe("false");
    expect(cellOf(3)?.querySelector("[data-check] .some")).not.toBeNull();
  });

  it("open with B", async () => {
    const { user } = await openPage(burst);
    get("grid").focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}b");
    await settle();
    expect(get("burst")).toBeTruthy();
  });
});

describe("importing again", () => {
  it("is asked about first, and is an import of its own", async () => {
    const { host, user } = await openPage(phone);
    await user.click(album("Rome"));
    await settle(500);
    await user.click(cellOf(31) as HTMLElement);
    await settle(350);
    expect(text("plan-amount")).toMatch(/^1 selected, already in your library · /);
    expect(text("import-selected")).toBe("Import Again… (1)");
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toEqual([]);
    await user.click(get("confirm-again"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "again", ids: [31] }, catalog: LIBRARY.id }]);
  });

  it("is not mixed with what is new", async () => {
    const { user } = await openPage(phone);
    await user.click(album("Rome"));
    await settle(500);
    await user.click(cellOf(31) as HTMLElement);
    expect(text("import-selected")).toBe("Import Again… (1)");
    await user.keyboard("{Control>}");
    await user.click(cellOf(2) as HTMLElement);
    await user.keyboard("{/Control}");
    expect(text("import-selected")).toBe("Import Selected (1)");
  });
});

it("another library keeps the album that is shown, by its path", async () => {
  const archive = { ...LIBRARY, id: "b", name: "Archive", current: false };
  const { host, user } = await openPage((h) => (phone(h), (h.libraries = [LIBRARY, archive])));
  await user.click(album("Rome"));
  await settle(500);
  host.albums = { Best: [1, 4], "Trips/Rome": [1, 2, 3] };
  host.copied.clear();
  host.revision += 1;
  await user.click(screen.getByText("Archive"));
  await settle(2200);
  expect(text("album-filter")).toBe("Trips › Rome");
  expect(last(host.called("grid_days") as { album: number }[])?.album).toBe(2);
  expect(text("section-new")).toBe("New 3");
});
