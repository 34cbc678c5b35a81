import { describe, expect, it, vi } from "vitest";
import { CHECKING, FakeHost, LIBRARY, PHONE, UNCHECKED } from "../../dev/fake-host";
import { makePhotos } from "../../dev/fake-photos";
import type { ImportDto } from "../ipc/bindings/ImportDto";
import type { CommandName } from "../ipc/host";
import { App } from "./app.svelte";
import { Checks } from "./checks.svelte";
import { Devices } from "./devices.svelte";
import { ImportSession } from "./import-session.svelte";

/** Has the first answer to a command wait, which is what it was when it was asked. Returns what lets it through. */
function held(host: FakeHost, held: CommandName): () => void {
  let answer: () => void = () => {};
  const gate = new Promise<void>((done) => (answer = done));
  const call = host.call.bind(host);
  let first = true;
  vi.spyOn(host, "call").mockImplementation(async (name, args) => {
    const mine = name === held && first;
    if (mine) first = false;
    const answered = await call(name, args);
    if (mine) await gate;
    return answered;
  });
  return answer;
}

async function running() {
  const host = new FakeHost();
  host.photos = makePhotos(20);
  const finished = vi.fn();
  const session = new ImportSession(host, finished);
  await host.listen({ news: (event) => event.type === "import" && session.news(event.import), gap: () => {} });
  await session.start(PHONE.id, { kind: "all_new" }, null);
  return { host, session, finished };
}

describe("an import", () => {
  it("runs, is cancelled, and ends once", async () => {
    const { host, session, finished } = await running();
    expect([session.running, session.cancelling, session.showsResult]).toEqual([true, false, false]);
    await session.cancel();
    expect(session.cancelling).toBe(true);
    host.news({ phase: "finished", stopped: { code: "cancelled", message: "" } });
    expect([session.running, session.cancelling, session.showsResult]).toEqual([false, false, true]);
    expect(finished).toHaveBeenCalledTimes(1);
    session.closeResult();
    expect(session.showsResult).toBe(false);
  });

  it("that goes on under the same name is shown as running again, and its end as a result", async () => {
    const { host, session } = await running();
    const first = host.run as ImportDto;
    await session.cancel();
    host.news({ phase: "finished", stopped: { code: "cancelled", message: "" } });
    session.closeResult();
    vi.spyOn(host, "call").mockResolvedValueOnce({ ...first, phase: "copying" });
    await session.goOn("unfinished");
    expect([session.running, session.cancelling]).toEqual([true, false]);
    host.news({ phase: "finished", stopped: null });
    expect(session.showsResult).toBe(true);
  });

  it("that ends before the answer to its start arrives stays ended", async () => {
    const { host, session } = await running();
    const call = host.call.bind(host);
    vi.spyOn(host, "call").mockImplementation(async (name, args) => {
      const answer = await call(name, args);
      host.finish();
      return answer;
    });
    await session.start(PHONE.id, { kind: "all_new" }, null);
    expect(session.running).toBe(false);
  });

  it("that ends while it is asked how it stands has ended", async () => {
    const { host, session } = await running();
    const answer = held(host, "import_status");
    const asked = session.refresh();
    await Promise.resolve();
    await Promise.resolve();
    host.finish();
    answer();
    await asked;
    expect(session.running).toBe(false);
  });

  it("that waited for the phone and then could not begin is none", async () => {
    const { host, session } = await running();
    host.finish();
    session.closeResult();
    const before = host.run as ImportDto;
    const call = host.call.bind(host);
    let refuse: (reason: unknown) => void = () => {};
    const refused = new Promise<never>((_, reject) => (refuse = reject));
    // An import that did not begin is not stopped with a word.
    vi.spyOn(host, "call").mockImplementation((name, args) => {
      if (name === "start_import") return refused;
      return name === "cancel_import" ? (Promise.resolve(null) as never) : call(name, args);
    });
    const starting = session.start(PHONE.id, { kind: "all_new" }, null);
    session.news({ ...before, session: "never-begun", phase: "copying", waiting: { code: "source_locked", message: "" } });
    await session.cancel();
    expect(session.cancelling).toBe(true);
    refuse({ code: "cancelled", message: "" });
    await expect(starting).rejects.toMatchObject({ code: "cancelled" });
    expect([session.running, session.cancelling, session.starting, session.run?.session]).toEqual([false, false, false, before.session]);
  });

  it("of an earlier day is not put before the person again, unless something is left to do", async () => {
    const { host } = await running();
    host.finish();
    const clean = new ImportSession(host, () => {});
    await clean.refresh();
    expect([clean.run?.phase, clean.showsResult]).toEqual(["finished", false]);
    host.news({ stopped: { code: "source_gone", message: "" } });
    const unfinished = new ImportSession(host, () => {});
    await unfinished.refresh();
    expect(unfinished.showsResult).toBe(true);
  });
});

describe("a check", () => {
  it("that ends while it is asked how it stands has ended", async () => {
    const host = new FakeHost();
    host.check = { ...UNCHECKED, running: CHECKING };
    const checks = new Checks(host);
    const answer = held(host, "check_status");
    const asked = checks.refresh();
    checks.news(UNCHECKED);
    answer();
    await asked;
    expect(checks.running).toBeNull();
  });
});

describe("devices", () => {
  it("are those of the latest question, however late an earlier one is answered", async () => {
    const host = new FakeHost();
    const devices = new Devices(host);
    const answer = held(host, "sources");
    const slow = devices.refresh();
    await Promise.resolve();
    host.sources = [];
    await devices.refresh();
    answer();
    await slow;
    expect(devices.list).toEqual([]);
  });

  it("show a phone as soon as there is one, and again when it comes back", async () => {
    const host = new FakeHost();
    const devices = new Devices(host);
    host.sources = [];
    await devices.refresh();
    expect([devices.asked, devices.chosen]).toEqual([true, null]);
    host.sources = [PHONE];
    await devices.refresh();
    expect(devices.chosen?.id).toBe(PHONE.id);
    host.sources = [];
    await devices.refresh();
    expect([devices.chosen, devices.lost?.name]).toEqual([null, PHONE.name]);
    host.sources = [PHONE];
    await devices.refresh();
    expect([devices.chosen?.id, devices.lost]).toEqual([PHONE.id, null]);
  });

  it("leave the person in the folder they opened when a phone is plugged in, or its service is missing", async () => {
    const host = new FakeHost();
    const folder = { ...PHONE, id: "folder:/x", kind: "folder" as const, name: "x" };
    host.sources = [folder];
    const devices = new Devices(host);
    await devices.refresh();
    host.sources = [PHONE, folder];
    await devices.refresh();
    expect(devices.chosen?.id).toBe("folder:/x");
    host.sources = [folder];
    host.noPhones = { code: "no_phone_service", message: "Missing." };
    await devices.refresh();
    expect([devices.chosen?.id, devices.problem?.code]).toEqual(["folder:/x", "no_phone_service"]);
  });
});

describe("the app", () => {
  it("asks for what is picked by its ids of now when the library changes, because ids then mean something else", async () => {
    const host = new FakeHost();
    host.photos = makePhotos(20);
    host.libraries = [LIBRARY, { ...LIBRARY, id: "b", current: false }];
    const app = new App(host);
    await app.start();
    await new Promise((done) => setTimeout(done, 20));
    await app.open?.picks.pickAll();
    expect(app.open?.picks.count).toBe(20);
    const ids = app.open?.picks.ids;
    await app.chooseLibrary(() => app.libraries.use("b"));
    await new Promise((done) => setTimeout(done, 20));
    expect(host.called("carried_ids")).toEqual([{ source: PHONE.id, catalog: LIBRARY.id, ids }]);
    expect(app.open?.picks.count).toBe(20);
    app.stop();
  });

  it("keeps what is picked when an import ends that brought in something else", async () => {
    const host = new FakeHost();
    host.photos = makePhotos(20);
    const app = new App(host);
    await app.start();
    await new Promise((done) => setTimeout(done, 20));
    app.open?.picks.toggle([1, 2], "new");
    await host.call("start_import", { source: "folder:/x", selection: { kind: "assets", ids: [20] }, catalog: null });
    host.news({});
    host.finish();
    await new Promise((done) => setTimeout(done, 20));
    expect([app.imports.running, app.open?.picks.ids]).toEqual([false, [1, 2]]);
    app.stop();
  });

  it("takes no news of a source that is not open, and none of a kind it does not know", async () => {
    const host = new FakeHost();
    const app = new App(host);
    await app.start();
    const before = app.open?.scan;
    host.emit({ type: "scan", scan: { ...host.scanNow(), source: "iphone:other", revision: 99 } });
    expect(app.open?.scan).toEqual(before);
    app.stop();
  });
});
