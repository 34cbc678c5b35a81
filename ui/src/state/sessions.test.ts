import { describe, expect, it, vi } from "vitest";
import { FakeHost, LIBRARY, PHONE } from "../../dev/fake-host";
import { makePhotos } from "../../dev/fake-photos";
import type { ImportDto } from "../ipc/bindings/ImportDto";
import { App } from "./app.svelte";
import { Devices } from "./devices.svelte";
import { ImportSession } from "./import-session.svelte";

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

describe("devices", () => {
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
