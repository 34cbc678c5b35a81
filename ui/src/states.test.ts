// Every state that the page can be in shows itself, and says what to do next.
import { cleanup, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { PHONE, type FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";
import { SCENES } from "../dev/scenes";

afterEach(cleanup);

const SHOWN: Record<string, [testid: string, words: string]> = {
  "no-phone": ["no-phone", "Plug it in with its cable"],
  "no-phone-service": ["no-phone-service", "Install it, then try again"],
  "undo-bar": ["undo-bar", "Putting files aside: 320 of 1,200 files Stop"],
  connecting: ["source-connecting", "as soon as it answers"],
  locked: ["scan-waiting", "Unlock it with its passcode; Keepsake then goes on by itself. Cancel"],
  "locked-while-listed": ["listing-waiting", "Unlock it with its passcode; Keepsake then goes on by itself. Cancel"],
  "trust-pending": ["scan-waiting", "Tap Trust and enter the passcode"],
  "not-trusted": ["scan-failed", "tap Trust on the iPhone and enter its passcode"],
  "listing-stopped": ["scan-failed", "You stopped it"],
  unreachable: ["source-unreachable", "restart the iPhone"],
  ejected: ["source-ejected", "Every connection to it is closed"],
  "listing-first": ["listing", "appear here as they are found"],
  reading: ["listing", "Reading the iPhone’s photo library… 120 MB of 340 MB."],
  listing: ["scan-summary", "143 found"],
  ready: ["import-all", "Import All New (312)"],
  selected: ["import-selected", "Import Selected (6)"],
  "no-library": ["plan-target", "No library chosen yet"],
  "library-dialog": ["choose-library-folder", "Choose a Folder…"],
  "library-asks": ["make-library", "Make a Library Here"],
  "library-above": ["told", "“2024” lies in the library “Family Photos”"],
  options: ["second-read", "Read every file twice from the phone"],
  "options-jpeg": ["keep-originals", "Only JPEGs are kept of these photos."],
  "options-leave-out": ["confirm-leave-out", "Leave Them Out"],
  "library-offline": ["library-current", "Not connected"],
  check: ["start-check", "Check Library"],
  checking: ["check-progress", "412 of 1,702 files · 12.3 GB of 48.2 GB · 380 MB/s · About 2 minutes left So far: 1 changed."],
  "check-beside": ["plan-waits", "“Family Photos” is being checked. Wait for that, or stop the check first."],
  "check-sound": ["check-result", "All 1,234 photos and videos are as they were when they were copied"],
  "check-wrong": ["check-advice", "13 photos and videos count as new again"],
  "check-stopped": ["check-result", "The check was stopped: 412 of 1702 files were read"],
  "check-card": ["check-line", "Checked on November 3, 2025: 2 changed, 12 missing"],
  "no-space": ["plan-problem", "Needs 48 GB, 31 GB free"],
  "nothing-new": ["nothing-new", "Everything on this iPhone is already in your library"],
  empty: ["empty", "No photos or videos on this iPhone"],
  "scan-failed": ["scan-failed", "keep the cable plugged in, then try again"],
  copying: ["progress", "Importing 131 of 312"],
  waiting: ["import-waiting", "Family iPhone is locked: unlock it to go on"],
  cancelling: ["progress", "Stopping…"],
  "close-import": ["close-asked", "The rest stays on the iPhone, and you can continue the import later."],
  "close-check": ["close-asked", "Stopping changes nothing in your library."],
  "close-undo": ["close-asked", "safe in the folder “Removed”"],
  "close-stopping": ["close-stopping", "closes by itself as soon as the file at hand is done"],
  finished: ["result", "312 photos and videos imported and verified"],
  "finished-jpegs": ["made", "209 JPEGs were made and read back; the originals are beside them. 1,804 XMP files were written beside their photos and read back. 14 smaller pictures were saved of what is only in iCloud. 2 smaller pictures were put aside in the folder “Removed”: their originals are here now. 3 extra files could not be made, or not whole"],
  "finished-failures": ["result-failed", "2 could not be imported"],
  unplugged: ["result", "Connect it again to continue"],
  full: ["result", "Make some space, then continue"],
  cancelled: ["result", "Continue whenever you like"],
  "last-import": ["result", "Nothing was deleted."],
  unreadable: ["section-new", "New 297 and 15 that could not be read"],
  books: ["scan-summary", "514 only in iCloud + 12 hidden + 15 could not be read"],
  library: ["scan-summary", "160 on this iPhone = 100 here, verified + 37 new + 14 only in iCloud (8 here as smaller pictures) + 6 hidden + 3 recently deleted"],
  album: ["album-filter", "Trips › 2024 › Paris"],
  "album-gone": ["album-empty", "isn’t on this iPhone any more"],
  hidden: ["show-hidden", "Showing Hidden (6)"],
  details: ["details", "same name, size and date as the file that was copied"],
  "small-pictures": ["plan-amount", "Nothing new · smaller pictures of 5 only in iCloud"],
  "details-cloud": ["details", "Settings › your name › iCloud › Photos › Download and Keep Originals"],
  burst: ["burst", "Picked"],
  again: ["confirm-again", "Import Again (2)"],
  list: ["items", "compared with the phone’s own checksum"],
  undo: ["confirm-undo", "Undo Import"],
  history: ["history", "1,204 photos and videos"],
  undone: ["result", "This import was undone"],
  preview: ["preview-where", "Not in your library yet."],
  "preview-copied": ["preview-where", "Verified: compared with the phone’s own checksum."],
  "preview-icloud": ["preview-where", "Download and Keep Originals"],
  "preview-broken": ["preview-caption", "4,032 × 3,024"],
  "preview-film": ["preview-caption", "1:11 · HEVC · 30 fps"],
  refused: ["notice", "Plug it in again"],
  huge: ["import-all", "Import All New (200,000)"],
};

describe("state", () => {
  it("has a check for every scene of the development page", () => {
    expect(Object.keys(SHOWN).sort()).toEqual(Object.keys(SCENES).sort());
  });

  it.each(Object.entries(SHOWN))("%s", async (name, [testid, words]) => {
    const { host, app } = await openPage(SCENES[name]?.before);
    await SCENES[name]?.after?.(host, app);
    await settle(350);
    expect(screen.getByTestId(testid).textContent?.replace(/\s+/g, " ")).toContain(words);
  });
});

describe("a phone", () => {
  const asking = (h: FakeHost) => {
    h.sources = [{ ...PHONE, state: "not_trusted" }];
    h.scan = { phase: "listing", error: { code: "trust_pending", message: "Asking." } };
  };
  const told = async (host: FakeHost, state: typeof PHONE.state, scan: FakeHost["scan"]) => {
    host.scan = scan;
    host.emit({ type: "scan", scan: host.scanNow() });
    host.sources = [{ ...PHONE, state }];
    host.emit({ type: "sources_changed" });
    await settle(300);
  };

  it("is opened by itself as soon as it is unlocked and trusted", async () => {
    const { host } = await openPage(asking);
    // Opening it is what makes it ask its owner, and what it asks is newer than that it does not trust this computer.
    expect(host.called("open_source")).toHaveLength(1);
    expect(screen.getByTestId("scan-waiting").textContent).toContain("Tap Trust on your iPhone");
    host.scan = {};
    host.photos = makePhotos(20);
    host.list();
    host.sources = [PHONE];
    host.emit({ type: "sources_changed" });
    await settle(500);
    expect(screen.getAllByTestId("cell")).toHaveLength(20);
  });

  it("whose owner said no is asked again on request, and not by itself", async () => {
    const { host, user } = await openPage(asking);
    await told(host, "not_trusted", { phase: "failed", error: { code: "not_trusted", message: "No." } });
    expect(screen.getByTestId("scan-failed").textContent).toContain("doesn’t trust this computer yet");
    expect(host.called("open_source")).toHaveLength(1);
    host.scan = { phase: "listing", error: { code: "trust_pending", message: "Asking." } };
    await user.click(screen.getByText("Try Again"));
    await settle();
    expect(host.called("rescan")).toHaveLength(1);
    expect(screen.getByTestId("scan-waiting").textContent).toContain("Tap Trust on your iPhone");
  });

  it("need not be waited for", async () => {
    const { host, user } = await openPage(asking);
    await user.click(screen.getByTestId("cancel-listing"));
    expect(host.called("cancel_listing")).toEqual([{ source: PHONE.id }]);
    await told(host, "not_trusted", host.scan);
    expect(screen.getByTestId("scan-failed").textContent).toContain("You stopped it");
    await told(host, "ready", host.scan);
    expect(host.called("open_source")).toHaveLength(1);
  });

  it("that was locked while it was listed is waited for beside what was found, and its listing then goes on", async () => {
    const { host } = await openPage((h) => ((h.photos = makePhotos(40)), (h.found = 20)));
    const locked = { error: { code: "source_locked" as const, message: "Locked." } };
    await told(host, "locked", locked);
    expect(screen.getByTestId("listing-waiting").textContent).toContain("Unlock your iPhone");
    expect(screen.getAllByTestId("cell")).toHaveLength(20);
    expect(screen.getByTestId("scan-summary").textContent).toBe("Waiting for this iPhone · 20 found so far");
    host.scan = {};
    host.list();
    await settle(500);
    expect(screen.queryByTestId("listing-waiting")).toBeNull();
  });

  it("that was plugged in just now is opened when it has answered", async () => {
    const { host } = await openPage((h) => ((h.sources = [{ ...PHONE, name: "iPhone", state: "connecting" }]), (h.photos = makePhotos(20))));
    expect(screen.getByTestId(`device-${PHONE.id}`).textContent).toContain("Connecting…");
    expect(host.called("open_source")).toHaveLength(0);
    await told(host, "ready", {});
    expect(screen.getAllByTestId("cell")).toHaveLength(20);
  });

  it("that failed to be listed is tried again on request", async () => {
    const { host, user } = await openPage((h) => {
      h.photos = makePhotos(20);
      h.failing.open_source = { code: "source_locked", message: "Locked." };
    });
    expect(screen.getByTestId("scan-failed").textContent).toContain("keep it unlocked");
    await user.click(screen.getByText("Try Again"));
    await settle(30);
    expect(host.called("rescan")).toEqual([{ source: PHONE.id }]);
    expect(screen.getAllByTestId("cell")).toHaveLength(20);
  });
});

describe("an iPhone that was locked while it is imported from", () => {
  const words = (id: string) => screen.getByTestId(id).textContent?.replace(/\s+/g, " ").trim();
  const withPhotos = (host: FakeHost) => {
    host.photos = makePhotos(30);
    for (const { id } of host.photos.slice(20)) host.copied.add(id);
  };

  it("is said to be waited for, and the waiting can be stopped", async () => {
    const { host, user } = await openPage(withPhotos);
    await user.click(screen.getByTestId("import-all"));
    host.news({ done_assets: 5, done_bytes: 1e6, current: "IMG_4005.HEIC" });
    await settle();
    expect(screen.queryByTestId("import-waiting")).toBeNull();
    host.news({ waiting: { code: "source_locked", message: "Ana’s iPhone is locked: unlock it to go on" } });
    await settle();
    expect(words("import-waiting")).toBe("Ana’s iPhone is locked: unlock it to go on");
    expect(screen.getByTestId("import-waiting").getAttribute("role")).toBe("alert");
    expect(words("progress")).toMatch(/Stop Import 1 MB of .* Importing 5 of 20 to Family Photos$/);
    host.news({ waiting: null });
    await settle();
    expect(screen.queryByTestId("import-waiting")).toBeNull();
    expect(words("progress")).toMatch(/^Importing 5 of 20 to Family Photos/);
    host.news({ waiting: { code: "source_locked", message: "Ana’s iPhone is locked: unlock it to go on" } });
    await settle();
    await user.click(screen.getByTestId("cancel-import"));
    await settle();
    expect(screen.queryByTestId("import-waiting")).toBeNull();
    expect(words("progress")).toMatch(/^Stopping…/);
    expect(host.called("cancel_import")).toHaveLength(1);
  });
});

describe("ejecting", () => {
  const photos = (h: FakeHost) => (h.photos = makePhotos(20));

  it("lets go of a phone until it is opened again", async () => {
    const { host, user } = await openPage(photos);
    await user.click(screen.getByTestId(`eject-${PHONE.id}`));
    await settle(400);
    expect(screen.getByTestId("source-ejected").textContent).toContain("“Family iPhone” is safe to unplug");
    expect(screen.queryByTestId(`eject-${PHONE.id}`)).toBeNull();
    expect(screen.getByTestId(`device-${PHONE.id}`).textContent).toContain("Safe to unplug");
    const asked = host.calls.length;
    host.emit({ type: "sources_changed" });
    await settle(500);
    // A phone that was let go of is listed, and nothing else is asked of it.
    expect(host.calls.slice(asked).map(({ name }) => name)).toEqual(["sources"]);
    await user.click(screen.getByTestId("open-again"));
    await settle(500);
    expect(screen.getAllByTestId("cell")).toHaveLength(20);
  });

  it("has to wait for the import", async () => {
    const { host, app } = await openPage(photos);
    await app.importNow("all");
    await settle();
    const button = () => screen.getByTestId(`eject-${PHONE.id}`) as HTMLButtonElement;
    expect([button().disabled, button().title]).toEqual([true, "Photos are being imported: stop the import first"]);
    host.finish();
    await settle();
    expect(button().disabled).toBe(false);
    expect(screen.getByTestId("safe-to-unplug").textContent).toBe("“Family iPhone” is safe to unplug.");
    // Not while something that does not end is under way there.
    host.news({ released: false });
    await settle();
    expect(screen.queryByTestId("safe-to-unplug")).toBeNull();
    expect(screen.getByTestId("not-safe-to-unplug").textContent).toBe("“Family iPhone” is still busy: eject it before you unplug it.");
  });

  it("is not a disconnection to worry about", async () => {
    const { host, app } = await openPage(photos);
    await app.eject(PHONE.id);
    host.sources = [];
    host.emit({ type: "sources_changed" });
    await settle(30);
    expect(screen.queryByTestId("source-lost")).toBeNull();
    expect(screen.getByTestId("no-phone")).toBeTruthy();
  });
});
