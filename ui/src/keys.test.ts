// The keys do what the buttons do, and nothing that a button would refuse.
import { cleanup, screen, within } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";
import type { FakeHost } from "../dev/fake-host";
import { makePhotos } from "../dev/fake-photos";
import { openPage, settle } from "../dev/render";

afterEach(cleanup);

const get = (id: string) => screen.getByTestId(id);
const cell = (n: number) => screen.getAllByTestId("cell")[n] as HTMLElement;
const IMPORT = "{Control>}{Enter}{/Control}";
const withPhotos = (count: number, copied = 0) => (host: FakeHost) => {
  host.photos = makePhotos(count);
  for (const { id } of host.photos.slice(count - copied)) host.copied.add(id);
};

it("import nothing while the listing runs, and not where there is nothing new", async () => {
  const listing = await openPage((h) => (withPhotos(40)(h), (h.found = 20)));
  await listing.user.keyboard(IMPORT);
  expect(listing.host.called("start_import")).toEqual([]);
  cleanup();
  const done = await openPage(withPhotos(20, 20));
  await done.user.keyboard(IMPORT);
  expect(done.host.called("start_import")).toEqual([]);
});

it("ask before copies are made again", async () => {
  const { host, user } = await openPage(withPhotos(6, 4));
  await user.click(cell(3));
  await user.keyboard(IMPORT);
  expect(host.called("start_import")).toEqual([]);
  await user.click(get("confirm-again"));
  expect(host.called("start_import")).toMatchObject([{ selection: { kind: "again" } }]);
});

it("import nothing from the result of an import", async () => {
  const { host, user } = await openPage(withPhotos(20));
  await user.click(get("import-all"));
  host.finish();
  await settle(500);
  await user.click(get("last-import"));
  host.photos = makePhotos(30);
  host.list();
  await settle(500);
  await user.keyboard(IMPORT);
  expect(host.called("start_import")).toHaveLength(1);
});

it("belong to the field that is typed into", async () => {
  const names = ["Alps", "Bikes", "Cats", "Dogs", "Elk", "Fox", "Gulls", "Hens", "Ibex", "Jays", "Kites", "Larks", "Mice"];
  const { host, user } = await openPage((h) => (withPhotos(40)(h), (h.albums = Object.fromEntries(names.map((name, n) => [name, [n + 1]])))));
  await user.click(cell(1));
  await user.click(screen.getByPlaceholderText(/album/i));
  await user.keyboard(`do{Control>}a{/Control}${IMPORT}{Escape}`);
  expect(host.called("start_import")).toEqual([]);
  expect(get("import-selected").textContent).toContain("(1)");
});

it("take the day of the photo that has the focus", async () => {
  const { user } = await openPage(withPhotos(60));
  get("grid").focus();
  await user.keyboard("{ArrowRight}d");
  await settle();
  expect(within(get("day-new-2025-11-22")).getByRole("checkbox").getAttribute("aria-checked")).toBe("true");
});
