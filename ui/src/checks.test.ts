// Checking the library, over an engine in memory.
import { cleanup, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { CHECKING, type FakeHost, UNCHECKED } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";
import { advice, checkLine, soFar, verdict } from "./lib/check-words";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const LAST = { at: "2025-11-03T10:00:00Z", photos: 30, files: 41, bytes: 2e9, moved: 0 };
const WRONG = { ...UNCHECKED, last: LAST, changed: 2, missing: 1, unknown: 4, new_again: 3 };
const withPhotos = (host: FakeHost) => void (host.photos = makePhotos(30));

describe("checking the library", () => {
  it("asks first, says how far it is, can be stopped, and says how it ended", async () => {
    const { host, user } = await openPage(withPhotos);
    await user.click(get("check-library"));
    expect(host.called("start_check")).toEqual([]);
    await user.click(get("start-check"));
    await settle();
    expect(text("check-progress")).toBe("Looking through the library…");
    const running = { ...CHECKING, done_files: 10, files: 41, done_bytes: 5e8, bytes: 2e9, changed: 1, missing: 2 };
    host.emit({ type: "check", check: { ...UNCHECKED, running } });
    await settle();
    expect(text("check-progress")).toBe("10 of 41 files · 500 MB of 2 GB So far: 1 changed, 2 not at their place.");
    expect(text("check-library")).toBe("Checking… 25%");
    await user.click(get("stop-check"));
    expect(text("stop-check")).toBe("Stopping…");
    expect(host.called("stop_check")).toHaveLength(1);
    const problem = { code: "cancelled" as const, message: "The check was stopped: 10 of 41 files were read" };
    host.emit({ type: "check", check: { ...UNCHECKED, problem } });
    await settle();
    expect(text("check-result")).toContain("10 of 41 files");
    expect(get("check-result").dataset.tone).toBe("mixed");
    host.emit({ type: "check", check: { ...UNCHECKED, last: LAST } });
    await settle();
    expect(get("check-result").dataset.tone).toBe("good");
    expect(text("check-result")).toContain("All 30 photos and videos are as they were when they were copied");
    expect(text("check-line")).toContain("Checked on November 3, 2025");
  });

  it("lists what is wrong and shows it in its folder", async () => {
    const { host, user } = await openPage((h) => (withPhotos(h), (h.check = WRONG)));
    expect(text("check-line")).toContain("Checked on November 3, 2025: 2 changed, 1 missing");
    await user.click(get("check-library"));
    expect(text("check-result")).toContain("3 files are not as they were when they were copied");
    await user.click(get("show-changed"));
    await settle();
    expect(text("items")).toContain("IMG_4001.HEIC");
    await user.click(screen.getByLabelText("Show “IMG_4001.HEIC” in its folder"));
    expect(host.called("reveal_item")).toEqual([{ list: { kind: "check", list: "changed" }, offset: 1 }]);
  });

  it("speaks of one changed file as of one", async () => {
    const { user } = await openPage((h) => (withPhotos(h), (h.check = { ...WRONG, changed: 1 })));
    await user.click(get("check-library"));
    await user.click(get("ask-set-aside"));
    screen.getByText("Set 1 changed file aside?");
    screen.getByText(/^It is moved to the folder/);
    await user.click(screen.getByText("Leave It"));
    gone("confirm-set-aside");
  });

  it("puts changed files aside only when asked twice, and offers first to leave them", async () => {
    const { host, user } = await openPage((h) => (withPhotos(h), (h.check = WRONG)));
    await user.click(get("check-library"));
    await user.click(get("ask-set-aside"));
    await user.click(screen.getByText("Leave Them"));
    expect(host.called("set_changed_aside")).toEqual([]);
    await user.click(get("ask-set-aside"));
    await user.click(get("confirm-set-aside"));
    await settle();
    expect(text("set-aside")).toBe("2 files are in the folder “Removed” of “Family Photos” now. Nothing was deleted.");
    gone("ask-set-aside");
  });

  it("shows files being put aside after a reload, and stops that", async () => {
    const { host, user } = await openPage(withPhotos);
    host.emit({ type: "undo", undoing: { session: "session-1", done: 32, total: 50 } });
    await settle();
    expect(text("undo-bar")).toBe("Putting files aside: 32 of 50 files Stop");
    await user.click(get("stop-undo-bar"));
    expect([text("undo-bar"), host.called("cancel_undo").length]).toEqual(["Stopping… Stop", 1]);
    host.emit({ type: "undo", undoing: null });
    await settle();
    gone("undo-bar");
  });

  it("is asked about again after a reload, and is not offered without a library", async () => {
    await openPage((h) => (withPhotos(h), (h.check = { ...UNCHECKED, running: { ...CHECKING, done_bytes: 1, bytes: 2 } })));
    expect(text("check-library")).toBe("Checking… 50%");
    cleanup();
    await openPage((h) => (withPhotos(h), (h.libraries = [])));
    gone("check-library");
  });
});

describe("while the library is checked", () => {
  const running = { ...UNCHECKED, running: { ...CHECKING, done_bytes: 1, bytes: 2 } };
  const reason = (id: string) => document.getElementById(get(id).getAttribute("aria-describedby") ?? "")?.textContent;

  it("nothing is imported, the buttons say why, and are there again by themselves", async () => {
    const { host, user } = await openPage((h) => (withPhotos(h), (h.check = running)));
    const why = "“Family Photos” is being checked. Wait for that, or stop the check first.";
    expect(get("import-all")).toHaveProperty("disabled", true);
    expect([reason("import-all"), get("import-all").title]).toEqual([why, why]);
    await user.click(screen.getAllByTestId("cell")[0] as HTMLElement);
    await settle();
    expect(get("import-selected")).toHaveProperty("disabled", true);
    expect([reason("import-selected"), get("import-selected").title]).toEqual([why, why]);
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(host.called("start_import")).toEqual([]);
    gone("notice");
    host.emit({ type: "check", check: { ...running, running: { ...running.running, stopping: true } } });
    await settle();
    expect(reason("import-all")).toBe("The check of “Family Photos” is being stopped.");
    host.emit({ type: "check", check: { ...UNCHECKED, last: LAST } });
    await settle();
    expect(get("import-all")).toHaveProperty("disabled", false);
    gone("plan-waits");
  });

  it("an import that was cut short is not continued, and none is undone", async () => {
    const { host, user } = await openPage(withPhotos);
    await user.click(get("import-all"));
    await settle();
    host.finish({ imported: 28, failed: 2 });
    await settle();
    expect(get("try-again")).toHaveProperty("disabled", false);
    host.emit({ type: "check", check: running });
    await settle();
    expect(get("try-again")).toHaveProperty("disabled", true);
    expect(text("in-the-way")).toContain("is being checked");
    await user.click(get("last-import"));
    await user.click(get("undo-import"));
    expect(get("confirm-undo")).toHaveProperty("disabled", true);
    expect(text("undo-in-the-way")).toContain("is being checked");
  });
});

describe("the words of a check", () => {
  it("fit any number", () => {
    expect(verdict({ ...UNCHECKED, last: { ...LAST, photos: 1 } })).toBe("The photo or video is as it was when it was copied");
    expect(verdict({ ...UNCHECKED, changed: 1 })).toBe("1 file is not as it was when it was copied");
    expect(verdict({ ...UNCHECKED, last: { ...LAST, photos: 0 } })).toContain("nothing in this library");
    expect(advice({ ...UNCHECKED, changed: 1, new_again: 1 })).toContain("1 photo or video counts as new again");
    expect(advice({ ...UNCHECKED, changed: 1 })).toBe("No photo or video needs to be copied again.");
    expect([advice(UNCHECKED), checkLine(UNCHECKED), soFar(CHECKING)]).toEqual(["", "", ""]);
    expect(checkLine({ ...UNCHECKED, missing: 3 })).toBe("3 missing");
    expect(soFar({ ...CHECKING, missing: 1 })).toBe("So far: 1 not at its place.");
  });
});
