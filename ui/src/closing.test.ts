// Closing the window while something runs, over an engine in memory.
import { cleanup, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { CHECKING, type FakeHost, UNCHECKED } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const withPhotos = (host: FakeHost) => void (host.photos = makePhotos(30));

async function importing() {
  const page = await openPage(withPhotos);
  await page.user.click(get("import-all"));
  await settle();
  page.host.emit({ type: "close_asked", running: "import" });
  await settle();
  return page;
}

describe("closing the window while an import runs", () => {
  it("asks, offers first to go on, and tells the engine so", async () => {
    const { host, user } = await importing();
    expect(document.querySelector("dialog[open]")?.textContent).toContain("Photos copied so far are safe in your library.");
    await user.click(screen.getByText("Keep Importing"));
    await settle();
    gone("close-asked");
    expect(host.called("stay_open")).toHaveLength(1);
    expect(host.called("stop_and_close")).toEqual([]);
    expect(get("progress").textContent).toContain("Importing");
  });

  it("counts Escape as going on", async () => {
    const { host } = await importing();
    document.querySelector("dialog")?.dispatchEvent(new Event("close"));
    await settle();
    gone("close-asked");
    expect(host.called("stay_open")).toHaveLength(1);
  });

  it("stops it on request, says so, and leaves closing to the engine", async () => {
    const { host, user } = await importing();
    host.delayMs = 1000;
    await user.click(get("stop-and-close"));
    await settle();
    expect(get("close-stopping").textContent).toContain("Keepsake closes by itself");
    expect(host.called("stop_and_close")).toHaveLength(1);
    host.finish({ imported: 3 });
    await settle();
    get("close-stopping");
    expect(host.called("stay_open")).toEqual([]);
  });

  it("takes the question back when the import ends by itself", async () => {
    const { host } = await importing();
    host.finish();
    await settle();
    gone("close-asked");
    expect(host.called("stay_open")).toHaveLength(1);
    get("result");
  });
});

describe("closing the window while the library is checked", () => {
  it("asks in words of its own, until that has ended", async () => {
    const { host } = await openPage((h) => (withPhotos(h), (h.check = { ...UNCHECKED, running: CHECKING })));
    host.emit({ type: "close_asked", running: "check" });
    await settle();
    expect(get("close-asked").textContent).toContain("Stopping changes nothing in your library");
    host.emit({ type: "check", check: UNCHECKED });
    await settle();
    gone("close-asked");
    expect(host.called("stay_open")).toHaveLength(1);
  });
});
