// The page's main ways, over an engine in memory.
import { cleanup, screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { DRIVE, LIBRARY, PHONE, type FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const cells = () => screen.getAllByTestId("cell");
const cell = (n: number) => cells()[n] as HTMLElement;
const disabled = (id: string) => (get(id) as HTMLButtonElement).disabled;
const books = { seen: 30, imported: 0, already_imported: 0, only_in_icloud: 0, not_selected: 0, failed: 0, put_aside: 0 };
const withPhotos = (count: number, copied = 0) => (host: FakeHost) => {
  host.photos = makePhotos(count);
  for (const { id } of host.photos.slice(count - copied)) host.copied.add(id);
};

describe("the grid", () => {
  it("shows the phone, its photos by day, and what the buttons will do", async () => {
    await openPage(withPhotos(312 + 10, 10));
    expect(text(`device-${PHONE.id}`)).toBe("Family iPhone iPhone 15 Pro · iOS 18.1");
    expect(text("import-all")).toBe("Import All New (312)");
    expect(text("import-selected")).toBe("Import Selected (0)");
    expect(disabled("import-selected")).toBe(true);
    expect(text("plan-target")).toContain("31 GB free on Family Photos");
    expect(text("day-new-2025-11-22")).toMatch(/^Saturday, November 22, 2025 13$/);
    expect(cells().length).toBeLessThanOrEqual(200);
    expect(cell(0).dataset["id"]).toBe("1");
    expect(cell(0).querySelector("img")?.getAttribute("src")).toContain("data:image/svg+xml");
  });

  it("keeps few cells alive in a library of 200,000", async () => {
    await openPage(withPhotos(200_000));
    expect(text("import-all")).toBe("Import All New (200,000)");
    expect(cells().length).toBeLessThanOrEqual(200);
    expect(get("grid").getAttribute("aria-rowcount")).not.toBe("0");
  });

  it("puts already imported ones in a section of their own, dimmed, and says where the copy is", async () => {
    await openPage(withPhotos(6, 4));
    expect(text("section-new")).toBe("New 2");
    expect(text("section-already_imported")).toBe("Already imported 4");
    expect(cell(2).className).toContain("already_imported");
    expect(cell(2).querySelector(".tick")).not.toBeNull();
  });

  it("fills while the phone is listed; counts rise and the selection stays", async () => {
    const { host, user } = await openPage((h) => (withPhotos(400)(h), (h.found = 50)));
    expect(text("scan-summary")).toBe("Looking through this iPhone… 50 found");
    expect(disabled("import-all")).toBe(true);
    expect(text("import-all")).toBe("Import All New");
    await user.click(cell(1));
    host.list(300);
    await settle(500);
    expect(text("scan-summary")).toContain("300 found");
    expect(text("import-selected")).toBe("Import Selected (1)");
    host.list();
    await settle(500);
    expect(text("import-all")).toBe("Import All New (400)");
    expect(disabled("import-all")).toBe(false);
    expect(cell(1).getAttribute("aria-selected")).toBe("true");
  });
});

describe("looking again", () => {
  it("shows how far the phone's library is read, with the rows of before, and then looks on", async () => {
    const { host } = await openPage(withPhotos(60));
    const scan = { ...host.scanNow(), phase: "listing" as const, revision: 0, assets: 0, new: 0, new_bytes: 0 };
    host.emit({ type: "scan", scan: { ...scan, reading: { done_bytes: 120_000_000, bytes: 340_000_000 } } });
    await settle();
    expect(text("scan-summary")).toBe("Reading the iPhone’s photo library… 120 MB of 340 MB");
    expect(cells().length).toBeGreaterThan(20);
    host.emit({ type: "scan", scan });
    await settle();
    expect(text("scan-summary")).toBe("Looking through this iPhone… 60 found");
  });

  it("keeps the rows and the counts while the listing begins afresh", async () => {
    const { host } = await openPage(withPhotos(60));
    host.emit({ type: "scan", scan: { ...host.scanNow(), phase: "listing", revision: 0, assets: 0, new: 0, new_bytes: 0 } });
    await settle();
    expect(text("scan-summary")).toBe("Looking through this iPhone… 60 found");
    expect(cells().length).toBeGreaterThan(20);
    host.photos = host.photos.slice(0, 50);
    host.list();
    await settle(500);
    expect(text("import-all")).toBe("Import All New (50)");
  });

  it("lets go of picked photos that were deleted on the phone", async () => {
    const { host, user } = await openPage(withPhotos(60));
    await user.keyboard("{Control>}a{/Control}");
    host.photos = host.photos.slice(0, 50);
    host.list();
    await settle(500);
    expect(text("import-selected")).toBe("Import Selected (50)");
  });

  it("says what the listing waits for", async () => {
    await openPage((h) => (h.scan = { phase: "listing", error: { code: "trust_pending", message: "Asking." } }));
    expect(text("scan-waiting")).toContain("Tap Trust on your iPhone");
  });
});

describe("selecting", () => {
  it("follows click, Control-click, Shift-click and the checkbox", async () => {
    const { user } = await openPage(withPhotos(60));
    await user.click(cell(2));
    expect(text("import-selected")).toBe("Import Selected (1)");
    await user.keyboard("{Control>}");
    await user.click(cell(4));
    await user.keyboard("{/Control}{Shift>}");
    await user.click(cell(8));
    await user.keyboard("{/Shift}");
    await settle();
    expect(text("import-selected")).toBe("Import Selected (5)");
    await user.click(cell(20).querySelector("[data-check]") as HTMLElement);
    expect(text("import-selected")).toBe("Import Selected (6)");
    await user.click(cell(0));
    expect(text("import-selected")).toBe("Import Selected (1)");
  });

  it("takes a whole day by its checkbox, which shows none, some or all", async () => {
    const { user } = await openPage(withPhotos(60));
    const box = () => within(get("day-new-2025-11-22")).getByRole("checkbox");
    expect(box().getAttribute("aria-checked")).toBe("false");
    await user.click(cell(0));
    expect(box().getAttribute("aria-checked")).toBe("mixed");
    await user.click(box());
    await settle();
    expect(box().getAttribute("aria-checked")).toBe("true");
    expect(text("import-selected")).toBe("Import Selected (13)");
  });

  it("takes all new ones with Control-A, none with Escape, and says how much it is", async () => {
    const { user, host } = await openPage(withPhotos(60, 20));
    await user.keyboard("{Control>}a{/Control}");
    await settle(350);
    expect(text("import-selected")).toBe("Import Selected (40)");
    expect(text("plan-amount")).toMatch(/^40 selected · [\d.]+ MB$/);
    expect(host.called("plan_import")).toContainEqual({ source: PHONE.id, selection: { kind: "all_new" }, catalog: LIBRARY.id });
    await user.keyboard("{Escape}");
    expect(text("import-selected")).toBe("Import Selected (0)");
  });

  it("moves with the arrows once the grid has the keyboard", async () => {
    const { user } = await openPage(withPhotos(60));
    get("grid").focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{Shift>}{ArrowRight}{/Shift}");
    await settle();
    expect(text("import-selected")).toBe("Import Selected (2)");
    expect(get("grid").getAttribute("aria-activedescendant")).toBe("cell-2");
    await user.keyboard("t");
    expect(text("import-selected")).toBe("Import Selected (1)");
  });

  it("draws no menu of the browser", async () => {
    await openPage(withPhotos(5));
    const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
    cell(0).dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe("importing", () => {
  it("goes from the button over progress to a result that balances, with lists behind its numbers", async () => {
    const { host, user } = await openPage(withPhotos(30, 10));
    await user.click(get("import-all"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "all_new" }, catalog: LIBRARY.id }]);
    host.news({ done_assets: 5, done_bytes: 1e6, bytes_per_second: 38e6, seconds_left: 64, current: "IMG_4005.HEIC" });
    await settle();
    expect(text("progress")).toMatch(/Importing 5 of 20 to Family Photos Stop Import 1 MB of .* · 38 MB\/s · About 1 minute left IMG_4005.HEIC/);
    gone("import-all");
    host.finish({ imported: 18, failed: 2 });
    await settle(500);
    gone("progress");
    expect(text("balance")).toBe("30 on this iPhone = 18 imported and verified + 10 already imported + 2 could not be imported");
    expect(text("result")).toContain("Nothing was deleted.");
    expect(text("import-all")).toBe("Import All New (0)");
    expect(text("result")).toContain("Every copy");
    await user.click(get("result-imported"));
    await settle();
    expect(text("items")).toContain("IMG_4000.HEIC compared with the phone’s own checksum Originals/2025/");
    await user.click(screen.getByText("Done"));
    await user.click(get("result-failed"));
    await settle();
    expect(within(get("items")).getAllByRole("listitem")).toHaveLength(2);
    expect(text("items")).toContain("Unlock it and try again.");
  });

  it("imports the selection alone", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(cell(3));
    await settle(350);
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "assets", ids: [4] }, catalog: LIBRARY.id }]);
    host.finish();
    await settle();
    expect(text("import-selected")).toBe("Import Selected (0)");
  });

  it("finds what was chosen without the library again when that comes back, and names the catalog it means", async () => {
    const { host, user } = await openPage((h) => (withPhotos(30)(h), (h.scan = { catalog: "none" })));
    await user.click(cell(3));
    await settle(350);
    expect(text("import-selected")).toBe("Import Selected (1)");
    expect(host.called("plan_import").at(-1)).toMatchObject({ catalog: "none" });
    host.scan = {};
    host.list(10);
    await settle(350);
    expect(text("import-selected")).toBe("Import Selected (0)");
    host.list();
    await settle(350);
    expect(host.called("carried_ids")).toEqual([{ source: PHONE.id, catalog: "none", ids: [4] }]);
    expect(text("import-selected")).toBe("Import Selected (1)");
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toEqual([{ source: PHONE.id, selection: { kind: "assets", ids: [4] }, catalog: LIBRARY.id }]);
  });

  it("does not plan an import of everything while everything is still being found", async () => {
    const { host } = await openPage((h) => (withPhotos(30)(h), (h.found = 10)));
    for (const found of [12, 14, 16]) {
      host.list(found);
      await settle(350);
    }
    expect(host.called("plan_import")).toEqual([]);
    host.list();
    await settle(350);
    expect(host.called("plan_import")).not.toHaveLength(0);
  });

  it("starts with Control-Enter", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(host.called("start_import")).toHaveLength(1);
  });

  it("asks for a library first when there is none, and never starts without", async () => {
    const { host, user } = await openPage((h) => (withPhotos(30)(h), (h.libraries = [])));
    expect(text("plan-target")).toContain("No library chosen yet");
    await user.click(get("import-all"));
    expect(host.called("start_import")).toEqual([]);
    await user.click(get(`use-volume-${DRIVE.id}`));
    await settle();
    expect(text("library-current")).toContain("Keepsake");
    gone(`use-volume-${DRIVE.id}`);
    await user.click(get("import-all"));
    expect(host.called("start_import")).toHaveLength(1);
  });

  it("takes a library by the system's folder dialog from the sidebar", async () => {
    const { host, user } = await openPage((h) => (withPhotos(3)(h), (h.libraries = []), (h.picked = LIBRARY)));
    gone("library-current");
    await user.click(get("choose-library"));
    await settle();
    expect(text("library-current")).toContain("Family Photos 31 GB free");
    expect(host.called("open_source").length).toBeGreaterThan(1);
  });

  it("says beforehand why it cannot start", async () => {
    const problem = { code: "destination_full" as const, message: "Needs 48 GB, 31 GB free on “Family Photos”." };
    await openPage((h) => (withPhotos(30)(h), (h.plan = { problem })));
    await settle(350);
    expect(text("plan-problem")).toBe("Needs 48 GB, 31 GB free on “Family Photos”.");
    expect(disabled("import-all")).toBe(true);
  });

  it("stops after the photo at hand, and goes on with what is unfinished", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(get("import-all"));
    await user.click(get("cancel-import"));
    await settle();
    expect(text("progress")).toContain("Stopping…");
    expect(disabled("cancel-import")).toBe(true);
    host.news({ phase: "finished", totals: { ...books, imported: 4, failed: 26 }, stopped: { code: "cancelled", message: "" } });
    await settle();
    expect(text("result")).toContain("4 of 30 are verified and safe in “Family Photos”.");
    expect(text("balance")).toBe("30 on this iPhone = 4 imported and verified + 26 not imported");
    await user.click(get("continue-import"));
    expect(host.called("start_import").at(-1)).toEqual({ source: PHONE.id, selection: { kind: "unfinished", session: "session-1" }, catalog: null });
  });

  it("tries again what could not be copied, where the phone is there", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(get("import-all"));
    host.news({ phase: "finished", totals: { ...books, imported: 15, failed: 15 } });
    await settle();
    expect(text("try-again")).toBe("Try Again (15)");
    host.sources = [{ ...PHONE, state: "locked" }];
    host.emit({ type: "sources_changed" });
    await settle();
    expect(disabled("try-again")).toBe(true);
    expect(get("try-again").getAttribute("aria-describedby")).toBe(get("in-the-way").id);
    expect(text("in-the-way")).toBe("Unlock “Family iPhone” to go on.");
    host.sources = [PHONE];
    host.emit({ type: "sources_changed" });
    await settle(30);
    await user.click(get("try-again"));
    expect(host.called("start_import").at(-1)).toEqual({ source: PHONE.id, selection: { kind: "failed", session: "session-1" }, catalog: null });
  });

  it("says plainly that the phone was unplugged, and continues only when it is back", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(get("import-all"));
    host.sources = [];
    host.emit({ type: "sources_changed" });
    host.news({ phase: "finished", totals: { ...books, imported: 7, failed: 23 }, stopped: { code: "source_gone", message: "" } });
    await settle();
    expect(text("source-lost")).toContain("“Family iPhone” was disconnected");
    expect(text("result")).toContain("7 of 30 are verified and safe");
    expect(disabled("continue-import")).toBe(true);
    host.sources = [PHONE];
    host.emit({ type: "sources_changed" });
    await settle(30);
    expect(disabled("continue-import")).toBe(false);
    expect(cells().length).toBeGreaterThan(0);
  });

  it("shows an action that was refused, in words", async () => {
    const { host, user } = await openPage(withPhotos(30));
    host.failing.start_import = { code: "busy", message: "Another import is running." };
    await user.click(get("import-all"));
    await settle();
    expect(text("notice")).toBe("Another import is running.");
  });
});

describe("the books of a phone", () => {
  const cloudy = (h: FakeHost) => (withPhotos(30, 10)(h), (h.scan = { assets: 47, only_in_icloud: 14, missing: 2, hidden: 3 }));

  it("are always in view, add up, and open a list behind every number", async () => {
    const { user, host } = await openPage(cloudy);
    expect(text("scan-summary")).toBe("47 on this iPhone = 10 here, verified + 18 new + 14 only in iCloud + 3 hidden + 2 could not be read");
    expect(text("import-all")).toBe("Import All New (18)");
    expect(text("plan-amount")).toMatch(/^18 new · .* · 2 could not be read and are tried again$/);
    await user.click(get("books-only_in_icloud"));
    await settle();
    expect(within(get("items")).getAllByRole("listitem")).toHaveLength(14);
    await user.click(screen.getByText("Done"));
    await user.click(get("books-missing"));
    await settle();
    expect(within(get("items")).getAllByRole("listitem")).toHaveLength(2);
    expect(host.called("list_items").at(-1)).toEqual({ list: { kind: "source", source: PHONE.id, section: "missing" }, offset: 0, limit: 100 });
  });

  it("can be saved as a file", async () => {
    const { user, host } = await openPage(cloudy);
    await user.click(get("books-already_imported"));
    await user.click(get("export-list"));
    await settle();
    expect(screen.queryByText(/Saved as/)).toBeNull();
    host.savedAs = "Already imported.csv";
    await user.click(get("export-list"));
    await settle();
    expect(screen.getByText("Saved as Already imported.csv")).toBeTruthy();
    expect(host.called("export_list")).toHaveLength(2);
  });
});

describe("what cannot be had", () => {
  it("says that there can be no phones, beside the folder that is open", async () => {
    const folder = { ...PHONE, id: "folder:/x", kind: "folder" as const, name: "x" };
    const { host } = await openPage((h) => {
      h.sources = [folder];
      h.noPhones = { code: "no_phone_service", message: "Install usbmuxd." };
    });
    expect(text("no-phones")).toBe("iPhones can’t be found on this computer");
    expect(get("no-phones").title).toBe("Install usbmuxd.");
    host.noPhones = null;
    host.emit({ type: "sources_changed" });
    await settle();
    gone("no-phones");
  });

  it("says at the start that the settings could not be read", async () => {
    await openPage((h) => (h.settings = { ...h.settings, problem: "The settings could not be read, and are kept as settings.json.unreadable-1." }));
    expect(text("notice")).toContain("settings.json.unreadable-1");
  });
});

describe("undoing an import", () => {
  const finished = async () => {
    const page = await openPage(withPhotos(30, 10));
    await page.user.click(get("import-all"));
    page.host.finish();
    await settle();
    await page.user.click(get("last-import"));
    await settle(30);
    return page;
  };

  it("asks first, puts the files aside and says where they are", async () => {
    const { host, user } = await finished();
    await user.click(get("undo-import"));
    await user.click(screen.getByText("Cancel"));
    expect(host.called("undo_import")).toEqual([]);
    await user.click(get("undo-import"));
    await user.click(get("confirm-undo"));
    await settle(30);
    expect(text("undone")).toContain("20 files are in the folder “Removed/session-1” of “Family Photos” now. Nothing was deleted");
    await user.click(screen.getByText("Done"));
    expect(text("result")).toContain("This import was undone");
    gone("undo-import");
    await user.click(get(`device-${PHONE.id}`));
    await settle(500);
    expect(text("import-all")).toBe("Import All New (20)");
  });

  it("shows how far it is, and can be stopped", async () => {
    const { host, user } = await finished();
    await user.click(get("undo-import"));
    host.delayMs = 600;
    await user.click(get("confirm-undo"));
    expect(text("undo-progress")).toBe("Counting the files…");
    host.emit({ type: "undo", undoing: { session: "session-1", done: 32, total: 50 } });
    await settle();
    expect(text("undo-progress")).toBe("32 of 50 files");
    gone("undo-bar");
    await user.click(get("stop-undo"));
    expect(host.called("cancel_undo")).toHaveLength(1);
    host.undone = { moved: 20, not_reached: 30 };
    host.emit({ type: "undo", undoing: null });
    await settle(1300);
    expect(text("undo-rest")).toBe("30 files are where they were. Undo the import again to go on.");
  });

  it("is offered for earlier imports, too", async () => {
    const { host, user } = await finished();
    const past = { started_at: "2025-10-01T10:00:00Z", source_name: "Old iPhone", imported: 7, bytes: 2e6, files: 7, put_aside: 0, undone_at: null };
    host.past = [
      { ...past, session: "b" },
      { ...past, session: "a", files: 0, undone_at: "2025-10-02T10:00:00Z" },
    ];
    await user.click(get("all-imports"));
    await settle();
    expect(text("history")).toMatch(/Old iPhone · 7 photos and videos · 2 MB Undo….*· undone$/);
    await user.click(get("undo-b"));
    await user.click(get("confirm-undo"));
    await settle();
    expect(host.called("undo_import")).toEqual([{ session: "b" }]);
    gone("undo-a");
  });
});

describe("a page that keeps no truth", () => {
  it("finds a running import again after a reload", async () => {
    const { host } = await openPage(withPhotos(30));
    await host.call("start_import", { source: PHONE.id, selection: { kind: "all_new" }, catalog: null });
    const run = host.run;
    cleanup();
    await openPage((h) => (withPhotos(30)(h), (h.run = run)));
    expect(text("progress")).toContain("Importing 0 of 30");
  });

  it("asks everything again when news was missed", async () => {
    const { host } = await openPage(withPhotos(30));
    host.photos = makePhotos(40);
    host.revision += 1;
    host.libraries = [{ ...LIBRARY, free_bytes: 5e9 }];
    host.gap();
    await settle(500);
    expect(text("import-all")).toBe("Import All New (40)");
    expect(text("library-current")).toContain("5 GB free");
  });

  it("shows the last import on request, with its books and its photos", async () => {
    const { host, user } = await openPage(withPhotos(30, 10));
    gone("last-import");
    await user.click(get("import-all"));
    host.finish();
    await settle();
    await user.click(get("last-import"));
    await settle(30);
    expect(text("balance")).toBe("30 on this iPhone = 20 imported and verified + 10 already imported");
    expect(cells()).toHaveLength(20);
    await user.click(get(`device-${PHONE.id}`));
    await settle();
    expect(text("scan-summary")).toBe("30 on this iPhone = 30 here, verified + 0 new");
  });

  it("shows what is new for another library after it was chosen", async () => {
    const archive = { ...LIBRARY, id: "b", name: "Archive", current: false };
    const { host, user } = await openPage((h) => (withPhotos(30, 10)(h), (h.libraries = [LIBRARY, archive])));
    await user.keyboard("{Control>}a{/Control}");
    host.copied.clear();
    host.revision += 1;
    await user.click(screen.getByText("Archive"));
    await settle(500);
    expect(text("library-current")).toContain("Archive");
    expect(text("import-all")).toBe("Import All New (30)");
    expect(text("import-selected")).toBe("Import Selected (20)");
  });
});
