// Every state of the page by name, for the development page and its screenshots.
import type { ErrorDto } from "../src/ipc/bindings/ErrorDto";
import type { App } from "../src/state/app.svelte";
import { CHECKING, DRIVE, type FakeHost, LIBRARY, PHONE } from "./fake-host";
import { drawing, makePhotos } from "./fake-photos";

interface Scene {
  /** Sets the engine up before the page asks. */
  before?: (host: FakeHost) => void;
  /** What happens once the page is there. */
  after?: (host: FakeHost, app: App) => Promise<void> | void;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

function withPhotos(host: FakeHost, copied = 40): void {
  host.photos = makePhotos(352);
  for (const { id } of host.photos.slice(host.photos.length - copied)) host.copied.add(id);
}

/** A phone with a library of its own: albums, a burst, and what is only in iCloud, hidden or deleted. */
function phoneLibrary(host: FakeHost): void {
  host.photos = makePhotos(160);
  const ids = host.photos.map(({ id }) => id);
  for (const id of ids.slice(60)) host.copied.add(id);
  host.apart.only_in_icloud = new Set(ids.slice(20, 34));
  host.small = new Set(ids.slice(20, 28));
  host.apart.hidden = new Set(ids.slice(40, 46));
  host.apart.recently_deleted = new Set(ids.slice(50, 53));
  host.bursts = [{ ids: ids.slice(3, 10), picked: 2 }];
  host.albums = { Favourites: ids.slice(0, 24), "Trips/2024/Paris": ids.slice(8, 36), "Trips/Rome": ids.slice(60, 90), "Trips/Old": [], Family: ids.slice(100, 112) };
  host.details = { caption: "Sunrise above the lake", people: ["Ana"] };
}

/** Waits until the details of a section's first photo are shown, as if the keyboard were there. */
async function rested(app: App, section: "already_imported" | "only_in_icloud"): Promise<void> {
  await pause(600);
  app.open?.showAlbum(section === "already_imported" ? ["Family"] : ["Trips", "2024", "Paris"]);
  await pause(600);
  const grid = document.querySelector<HTMLElement>("[data-testid=grid]");
  const first = app.open?.grid.layout.sections.find((span) => span.section === section)?.first ?? 0;
  grid?.focus();
  if (app.open) app.open.picks.focus = { index: first, id: app.open.grid.idAt(first) };
  await pause(800);
}

async function copying(host: FakeHost, app: App): Promise<void> {
  await app.importNow("all");
  const total = host.run?.total_bytes ?? 0;
  host.news({ done_assets: 131, done_bytes: total * 0.42, bytes_per_second: 38e6, seconds_left: 64, current: "IMG_4131.HEIC" });
}

async function stopped(host: FakeHost, app: App, code: "source_gone" | "destination_full" | "cancelled"): Promise<void> {
  await copying(host, app);
  for (const id of [...host.lastImported].slice(0, 131)) host.copied.add(id);
  if (code === "source_gone") {
    host.sources = [];
    host.emit({ type: "sources_changed" });
  }
  const totals = { seen: 352, imported: 131, already_imported: 40, only_in_icloud: 0, not_selected: 0, failed: 181, put_aside: 0 };
  host.revision += 1;
  host.news({ phase: "finished", totals, stopped: { code, message: "Stopped." } });
}

const PAST = ["2025-11-22", "2025-10-30", "2025-10-02", "2025-08-17"].map((day, n) => ({
  session: `past-${n}`,
  started_at: `${day}T14:05:00Z`,
  source_name: n === 1 ? "Grandma’s iPad" : PHONE.name,
  imported: [312, 1204, 40, 8][n] ?? 0,
  bytes: [3.2e9, 14e9, 400e6, 20e6][n] ?? 0,
  files: n === 2 ? 0 : 5,
  put_aside: 0,
  undone_at: n === 2 ? "2025-10-03T09:00:00Z" : null,
}));

async function lastImport(host: FakeHost, app: App, press: string | null): Promise<void> {
  await copying(host, app);
  host.finish();
  app.showLastImport();
  await pause(400);
  if (press) document.querySelector<HTMLElement>(`[data-testid=${press}]`)?.click();
}

const CHECKED = { at: "2025-11-03T10:00:00Z", photos: 1234, files: 1702, bytes: 48.2e9, moved: 0 };

async function checkOpened(host: FakeHost, app: App): Promise<void> {
  app.checkDialog = "open";
  await pause(200);
}

const look = (index: number) => async (_: FakeHost, app: App) => {
  await pause(600);
  if (app.open) app.openPreview(app.open.grid, app.open.picks, index);
};

const state = (value: typeof PHONE.state): Scene => ({ before: (host) => (host.sources = [{ ...PHONE, state: value }]) });

/** A listing that waits for what the phone's owner has to do. */
const waits = (value: typeof PHONE.state, error: ErrorDto): Scene => ({
  before: (host) => ((host.sources = [{ ...PHONE, state: value }]), (host.scan = { phase: "listing", error })),
});

export const SCENES: Record<string, Scene> = {
  "no-phone": { before: (host) => (host.sources = []) },
  "no-phone-service": {
    before: (host) =>
      ((host.sources = []), (host.noPhones = { code: "no_phone_service", message: "The service that talks to iPhones (usbmuxd) isn’t running. Install it, then try again." })),
  },
  connecting: state("connecting"),
  locked: waits("locked", { code: "source_locked", message: "Family iPhone is locked: unlock it to go on" }),
  "locked-while-listed": {
    before: (host) => (withPhotos(host), (host.found = 143), (host.scan = { error: { code: "source_locked", message: "Family iPhone is locked: unlock it to go on" } })),
  },
  "trust-pending": waits("trust_pending", { code: "trust_pending", message: "Family iPhone is asking whether to trust this computer" }),
  "not-trusted": {
    before: (host) => ((host.sources = [{ ...PHONE, state: "not_trusted" }]), (host.scan = { phase: "failed", error: { code: "not_trusted", message: "Not trusted." } })),
  },
  "listing-stopped": {
    before: (host) => ((host.sources = [{ ...PHONE, state: "locked" }]), (host.scan = { phase: "failed", error: { code: "cancelled", message: "Stopped" } })),
  },
  unreachable: state("unreachable"),
  ejected: state("ejected"),
  "listing-first": { before: (host) => ((host.photos = makePhotos(352)), (host.found = 0)) },
  reading: {
    before: (host) => ((host.photos = makePhotos(352)), (host.found = 0), (host.scan = { reading: { done_bytes: 120_000_000, bytes: 340_000_000 } })),
  },
  listing: { before: (host) => (withPhotos(host), (host.found = 143)) },
  ready: { before: withPhotos },
  selected: {
    before: withPhotos,
    after: async (_, app) => {
      await pause(600);
      await app.open?.picks.pick(2, "only");
      await app.open?.picks.pick(6, "range");
      await app.open?.picks.pick(14, "toggle");
    },
  },
  "no-library": { before: (host) => (withPhotos(host, 0), (host.libraries = [])) },
  "library-dialog": {
    before: (host) => {
      withPhotos(host);
      host.libraries = [LIBRARY, { ...LIBRARY, id: "b", name: "Archive", location: "/media/archive/Archive", current: false, online: false, free_bytes: 0, total_bytes: 0 }];
      host.volumes = [DRIVE, { ...DRIVE, id: "vol-2", name: "Old Drive", library: "Keepsake" }];
    },
    after: (_, app) => void (app.libraryDialog = "open"),
  },
  "library-asks": {
    before: (host) => (withPhotos(host), (host.pickedAsks = { name: "Documents", location: "/home/ann/Documents" })),
    after: (_, app) => app.chooseLibrary(() => app.libraries.pickFolder()),
  },
  "library-above": {
    before: (host) => (withPhotos(host), (host.libraries = []), (host.picked = LIBRARY), (host.pickedNote = "“2024” lies in the library “Family Photos”, which is used now.")),
    after: (_, app) => app.chooseLibrary(() => app.libraries.pickFolder()),
  },
  options: { before: withPhotos, after: (_, app) => void (app.optionsDialog = "open") },
  "options-jpeg": { before: (host) => (withPhotos(host), (host.settings.conversion = { heic: true, smaller: true, longest_edge: 2048, quality: 90, originals: false })), after: (_, app) => void (app.optionsDialog = "open") },
  "options-leave-out": {
    before: (host) => (withPhotos(host), (host.settings.conversion.heic = true)),
    after: async (_, app) => {
      app.optionsDialog = "open";
      await pause(300);
      document.querySelector<HTMLElement>('[data-testid="keep-originals"]')?.click();
    },
  },
  check: { before: withPhotos, after: checkOpened },
  checking: {
    before: (host) => (withPhotos(host), (host.check = { ...host.check, last: CHECKED })),
    after: async (host, app) => {
      await checkOpened(host, app);
      const running = { ...CHECKING, done_files: 412, files: 1702, done_bytes: 12.3e9, bytes: 48.2e9, bytes_per_second: 380e6, seconds_left: 95, changed: 1 };
      host.emit({ type: "check", check: { ...host.check, running } });
      await pause(200);
    },
  },
  "check-beside": {
    before: (host) => (withPhotos(host), (host.check = { ...host.check, running: { ...CHECKING, done_files: 412, files: 1702, done_bytes: 12.3e9, bytes: 48.2e9 } })),
  },
  "check-sound": { before: (host) => (withPhotos(host), (host.check = { ...host.check, last: CHECKED, unknown: 3 })), after: checkOpened },
  "check-wrong": { before: (host) => (withPhotos(host), (host.check = { ...host.check, last: CHECKED, changed: 2, missing: 12, unknown: 3, new_again: 13 })), after: checkOpened },
  "check-stopped": {
    before: (host) => (withPhotos(host), (host.check = { ...host.check, problem: { code: "cancelled", message: "The check was stopped: 412 of 1702 files were read, none of them changed" } })),
    after: checkOpened,
  },
  "check-card": { before: (host) => (withPhotos(host), (host.check = { ...host.check, last: CHECKED, changed: 2, missing: 12, new_again: 13 })) },
  "library-offline": { before: (host) => (withPhotos(host), (host.libraries = [{ ...LIBRARY, online: false, free_bytes: 0, total_bytes: 0 }]), (host.plan = { problem: { code: "destination_gone", message: "“Family Photos” is not connected. Plug in its drive, or choose another library." } })) },
  "no-space": { before: (host) => (withPhotos(host), (host.plan = { problem: { code: "destination_full", message: "Needs 48 GB, 31 GB free on “Family Photos”. Select fewer photos or choose another library." } })) },
  "nothing-new": { before: (host) => withPhotos(host, 352) },
  empty: {},
  "scan-failed": { before: (host) => (host.scan = { phase: "failed", error: { code: "timed_out", message: "Timed out." } }) },
  copying: { before: withPhotos, after: copying },
  waiting: {
    before: withPhotos,
    after: async (host, app) => {
      await copying(host, app);
      host.news({ bytes_per_second: 0, seconds_left: null, waiting: { code: "source_locked", message: `${PHONE.name} is locked: unlock it to go on` } });
    },
  },
  cancelling: { before: withPhotos, after: async (host, app) => (await copying(host, app), await app.imports.cancel()) },
  "close-import": { before: withPhotos, after: async (host, app) => (await copying(host, app), host.emit({ type: "close_asked", running: "import" })) },
  "close-check": { before: withPhotos, after: (host) => host.emit({ type: "close_asked", running: "check" }) },
  "close-undo": { before: withPhotos, after: (host) => host.emit({ type: "close_asked", running: "undo" }) },
  "close-stopping": {
    before: withPhotos,
    after: async (host, app) => {
      await copying(host, app);
      host.emit({ type: "close_asked", running: "import" });
      host.delayMs = 60_000;
      void app.closing.stop();
    },
  },
  finished: { before: withPhotos, after: async (host, app) => (await copying(host, app), host.finish()) },
  "finished-jpegs": {
    before: withPhotos,
    after: async (host, app) => {
      await copying(host, app);
      host.finish();
      host.news({ made: { files: 209, sidecars: 1804, renditions: 14, renditions_replaced: 2, originals_left_out: 0, warned: 3 } });
    },
  },
  "finished-failures": { before: withPhotos, after: async (host, app) => (await copying(host, app), host.finish({ imported: 310, failed: 2 })) },
  unplugged: { before: withPhotos, after: (host, app) => stopped(host, app, "source_gone") },
  full: { before: withPhotos, after: (host, app) => stopped(host, app, "destination_full") },
  cancelled: { before: withPhotos, after: (host, app) => stopped(host, app, "cancelled") },
  "last-import": { before: withPhotos, after: async (host, app) => (await copying(host, app), host.finish(), app.showLastImport()) },
  unreadable: { before: (host) => (withPhotos(host), (host.scan = { missing: 15 })) },
  books: { before: (host) => (withPhotos(host), (host.scan = { assets: 352 + 514 + 12, only_in_icloud: 514, hidden: 12, missing: 15 })) },
  library: { before: phoneLibrary },
  album: {
    before: phoneLibrary,
    after: async (_, app) => {
      await pause(600);
      app.open?.showAlbum(["Trips", "2024", "Paris"]);
      await app.open?.picks.pick(1, "only");
    },
  },
  "album-gone": {
    before: phoneLibrary,
    after: async (_, app) => {
      await pause(600);
      app.open?.showAlbum(["Trips", "Old"]);
    },
  },
  hidden: { before: phoneLibrary, after: async (_, app) => (await pause(600), app.open?.toggleApart("hidden")) },
  details: { before: phoneLibrary, after: (_, app) => rested(app, "already_imported") },
  "small-pictures": {
    before: (host) => {
      withPhotos(host, 340);
      const cloud = host.photos.slice(0, 12).map(({ id }) => id);
      host.apart.only_in_icloud = new Set(cloud);
      host.small = new Set(cloud.slice(0, 7));
      host.settings.renditions = true;
    },
  },
  "details-cloud": { before: phoneLibrary, after: (_, app) => rested(app, "only_in_icloud") },
  burst: { before: phoneLibrary, after: async () => (await pause(600), document.querySelector<HTMLElement>("[data-burst]")?.click()) },
  again: {
    before: phoneLibrary,
    after: async (_, app) => {
      await pause(600);
      app.open?.showAlbum(["Family"]);
      await pause(600);
      const first = app.open?.grid.layout.sections.find(({ section }) => section === "already_imported")?.first ?? 0;
      await app.open?.picks.pick(first, "only");
      await app.open?.picks.pick(first + 2, "toggle");
      await pause(400);
      document.querySelector<HTMLElement>("[data-testid=import-selected]")?.click();
    },
  },
  list: {
    before: withPhotos,
    after: async (host, app) => {
      await copying(host, app);
      host.finish();
      await pause(400);
      document.querySelector<HTMLElement>("[data-testid=books-already_imported]")?.click();
    },
  },
  undo: { before: withPhotos, after: (host, app) => lastImport(host, app, "undo-import") },
  history: { before: (host) => (withPhotos(host), (host.past = PAST)), after: (host, app) => lastImport(host, app, "all-imports") },
  "undo-bar": { before: withPhotos, after: (host) => void host.emit({ type: "undo", undoing: { session: "session-1", done: 320, total: 1200 } }) },
  undone: { before: withPhotos, after: async (host, app) => (await lastImport(host, app, null), void (await app.imports.undo(host.run?.session ?? ""))) },
  preview: { before: withPhotos, after: look(1) },
  "preview-copied": { before: withPhotos, after: look(340) },
  "preview-icloud": { before: (host) => (withPhotos(host), (host.told = () => ({ original: "only_in_icloud", film: null }))), after: look(1) },
  "preview-broken": {
    before: (host) => (withPhotos(host), (host.pictureUrl = (token) => (token.split("-").length > 2 ? "/nothing" : drawing(token))), (host.pictureProblem = "its picture cannot be decoded")),
    after: look(1),
  },
  "preview-film": { before: (host) => ((host.photos = makePhotos(352).map((photo) => ({ ...photo, kind: "video", duration_ms: 71_000 }))), host.copied.add(1)), after: look(351) },
  refused: { before: withPhotos, after: (_, app) => void (app.notice = "The drive was ejected while its folder was opened. Plug it in again.") },
  huge: { before: (host) => ((host.photos = makePhotos(200_000, 60)), (host.volumes = [DRIVE, { ...DRIVE, id: "vol-2", name: "Backup" }])) },
};
