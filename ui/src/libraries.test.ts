// Choosing a library in the page: what is found, what is asked first, what stays picked.
import { cleanup, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";
import { DRIVE, LIBRARY, type FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const gone = (id: string) => expect(screen.queryByTestId(id)).toBeNull();
const text = (id: string) => get(id).textContent?.replace(/\s+/g, " ").trim();
const cell = (n: number) => screen.getAllByTestId("cell")[n] as HTMLElement;
const withPhotos = (host: FakeHost) => {
  host.photos = makePhotos(30);
};
const first = (host: FakeHost) => {
  withPhotos(host);
  host.libraries = [];
  host.picked = LIBRARY;
};

describe("the first library", () => {
  it("leaves picked what was picked before it was chosen, but for what it has already", async () => {
    const { host, user } = await openPage(first);
    await user.keyboard("{Control>}");
    for (const n of [3, 5, 7]) await user.click(cell(n));
    await user.keyboard("{/Control}");
    await settle(350);
    expect(text("import-selected")).toBe("Import Selected (3)");
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toEqual([]);
    host.copied.add(Number(cell(5).dataset["id"]));
    await user.click(get("choose-library-folder"));
    await settle(500);
    expect(text("library-current")).toContain("Family Photos");
    expect(text("import-selected")).toBe("Import Selected (2)");
    await user.click(get("import-selected"));
    expect(host.called("start_import")).toMatchObject([{ selection: { kind: "assets", ids: [4, 8] }, catalog: LIBRARY.id }]);
  });

  it("says that it was made", async () => {
    const { user } = await openPage(first);
    await user.click(get("change-library"));
    await user.click(get(`use-volume-${DRIVE.id}`));
    await settle();
    expect(text("told")).toContain("Your new library is “Keepsake”.");
  });
});

describe("a folder that was chosen", () => {
  it("means the library it lies in, and the page says so", async () => {
    const { host, user } = await openPage((h) => (first(h), (h.pickedNote = "“2024” lies in the library “Family Photos”, which is used now.")));
    await user.click(get("choose-library"));
    await settle();
    expect(text("told")).toContain("“2024” lies in the library “Family Photos”");
    expect(host.called("make_library")).toEqual([]);
  });

  it("with other things in it becomes a library only when the person agrees", async () => {
    const { host, user } = await openPage((h) => (first(h), (h.pickedAsks = { name: "Documents", location: "/home/ann/Documents" })));
    await user.click(get("change-library"));
    await user.click(get("choose-library-folder"));
    await settle();
    expect(screen.getByRole("dialog", { name: "Make a library" }).textContent).toContain("There are other things in this folder: /home/ann/Documents");
    await user.click(screen.getAllByText("Cancel").at(-1) as HTMLElement);
    await settle();
    gone("make-library");
    gone("library-current");
    await user.click(get("choose-library-folder"));
    await settle();
    await user.click(get("make-library"));
    await settle();
    expect(host.called("make_library")).toHaveLength(1);
    expect(text("library-current")).toContain("Documents");
    gone("choose-library-folder");
  });

  it("that cannot be used is said in the dialog, where the person looks", async () => {
    const { user } = await openPage((h) => (first(h), (h.failing.pick_library = { code: "bad_request", message: "Several libraries are in “drive”: choose one of “A”, “B”" })));
    await user.click(get("change-library"));
    await user.click(get("choose-library-folder"));
    await settle();
    expect(text("library-problem")).toContain("Several libraries are in “drive”");
  });
});

describe("the list of libraries", () => {
  const archive = { ...LIBRARY, id: "b", name: "Archive", current: false, online: false };

  it("says which drive holds a library", async () => {
    const { user } = await openPage((h) => (first(h), (h.volumes = [{ ...DRIVE, library: "Keepsake" }])));
    await user.click(get("change-library"));
    expect(text(`use-volume-${DRIVE.id}`)).toBe("Use Its Library");
    expect(get("use-volume-" + DRIVE.id).closest("li")?.textContent).toContain("Library “Keepsake” found");
    await user.click(get(`use-volume-${DRIVE.id}`));
    await settle();
    gone("told");
    expect(text("library-current")).toContain("Keepsake");
  });

  it("finds a library again that was moved", async () => {
    const { host, user } = await openPage((h) => (withPhotos(h), (h.libraries = [LIBRARY, archive])));
    await user.click(get("change-library"));
    await user.click(get("find-b"));
    await settle();
    expect(host.called("find_library")).toEqual([{ library: "b" }]);
    expect(text("library-current")).toContain("Archive");
  });

  it("lets one be forgotten, but not the one that is in use and there", async () => {
    const { host, user } = await openPage((h) => (withPhotos(h), (h.libraries = [LIBRARY, archive])));
    await user.click(get("change-library"));
    gone(`forget-${LIBRARY.id}`);
    await user.click(get("forget-b"));
    await settle();
    expect(host.called("forget_library")).toEqual([{ library: "b" }]);
    gone("forget-b");
  });
});

describe("a drive that is full or away", () => {
  it("leaves the ways out in sight", async () => {
    const problem = { code: "destination_full" as const, message: "Needs 48 GB, and 31 GB are free in “Family Photos”" };
    const { user } = await openPage((h) => (withPhotos(h), (h.plan = { problem })));
    await settle(350);
    expect(text("plan-problem")).toBe(problem.message);
    expect(text("import-options")).toBe("Options…");
    await user.click(get("change-library"));
    expect(get("choose-library-folder")).toBeTruthy();
  });
});
