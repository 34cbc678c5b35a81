// The options of the import, over an engine in memory.
import { cleanup, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import type { FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const withPhotos = (count: number) => (host: FakeHost) => void (host.photos = makePhotos(count));

describe("the options", () => {
  it("remembers that every file is to be read twice where the phone cannot hash", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(get("import-options"));
    await settle();
    expect(get("second-read").getAttribute("aria-checked")).toBe("false");
    await user.click(get("second-read"));
    await settle();
    expect(get("second-read").getAttribute("aria-checked")).toBe("true");
    expect(host.settings.thoroughness).toBe("second_read");
    await user.click(screen.getByText("Done"));
    gone("second-read");
  });

  it("remembers that shared albums are to be shown", async () => {
    const { host, user } = await openPage(withPhotos(30));
    await user.click(get("import-options"));
    await settle();
    await user.click(get("shared-albums"));
    await settle();
    expect(get("shared-albums").getAttribute("aria-checked")).toBe("true");
    expect(host.settings.shared_albums).toBe(true);
    expect(get("second-read").getAttribute("aria-checked")).toBe("false");
  });

  it("remembers that sidecars are to be written, and asks again what fits", async () => {
    const { host, user } = await openPage(withPhotos(30));
    const asked = host.called("plan_import").length;
    await user.click(get("import-options"));
    await settle();
    expect(get("sidecars").getAttribute("aria-checked")).toBe("false");
    await user.click(get("sidecars"));
    await settle(350);
    expect(get("sidecars").getAttribute("aria-checked")).toBe("true");
    expect(host.settings.sidecars).toBe(true);
    expect(host.called("plan_import").length).toBeGreaterThan(asked);
    await user.click(get("sidecars"));
    await settle();
    expect(host.settings.sidecars).toBe(false);
  });

  it("remembers that smaller pictures are to be saved, and offers that where nothing is new", async () => {
    const { host, user } = await openPage((h) => {
      withPhotos(30)(h);
      const ids = h.photos.map(({ id }) => id);
      h.apart.only_in_icloud = new Set(ids.slice(0, 4));
      for (const id of ids.slice(4)) h.copied.add(id);
    });
    expect(get("import-all").hasAttribute("disabled")).toBe(true);
    await user.click(get("import-options"));
    await settle();
    expect(get("renditions").getAttribute("aria-checked")).toBe("false");
    await user.click(get("renditions"));
    await settle(350);
    expect(host.settings.renditions).toBe(true);
    await user.click(screen.getByText("Done"));
    expect(text("plan-amount")).toBe("Nothing new · smaller pictures of 4 only in iCloud");
    expect(text("import-all")).toBe("Save Smaller Pictures");
    await user.click(get("import-all"));
    await settle();
    expect(host.called("start_import")).toMatchObject([{ selection: { kind: "all_new" } }]);
  });

  it("makes JPEGs where that is asked for, and leaves originals out only after a second answer", async () => {
    const { host, user } = await openPage(withPhotos(30));
    const asked = host.called("plan_import").length;
    await user.click(get("import-options"));
    await settle();
    gone("keep-originals");
    await user.click(get("convert-heic"));
    await settle(350);
    expect(host.settings.conversion).toMatchObject({ heic: true, smaller: false, quality: 90, originals: true });
    // What fits depends on it.
    expect(host.called("plan_import").length).toBeGreaterThan(asked);
    expect(text("plan-target")).toContain("JPEGs beside the originals");
    await user.click(get("keep-originals"));
    await user.click(screen.getByText("Keep the Originals"));
    await settle();
    expect(host.settings.conversion.originals).toBe(true);
    await user.click(get("keep-originals"));
    await user.click(get("confirm-leave-out"));
    await settle();
    expect(host.settings.conversion.originals).toBe(false);
    expect(text("plan-target")).toContain("JPEGs in place of originals");
    await user.click(get("keep-originals"));
    await settle();
    expect(host.settings.conversion.originals).toBe(true);
  });

  it("takes a longest side and a quality only where they make sense", async () => {
    const { host, user } = await openPage((h) => (withPhotos(30)(h), (h.settings.conversion.smaller = true)));
    await user.click(get("import-options"));
    await settle();
    const type = async (id: string, value: string) => {
      await user.clear(get(id));
      await user.type(get(id), value);
      await user.tab();
      await settle();
    };
    await type("longest-edge", "1200");
    await type("jpeg-quality", "75");
    expect(host.settings.conversion).toMatchObject({ longest_edge: 1200, quality: 75 });
    await type("longest-edge", "5");
    await type("jpeg-quality", "101");
    expect(host.settings.conversion).toMatchObject({ longest_edge: 1200, quality: 75 });
    expect((get("longest-edge") as HTMLInputElement).value).toBe("1200");
  });
});
