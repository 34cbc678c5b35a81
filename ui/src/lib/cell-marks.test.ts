import { describe, expect, it } from "vitest";
import type { AssetDto } from "../ipc/bindings/AssetDto";
import { marks, spoken, standing } from "./cell-marks";

const PHOTO: AssetDto = {
  id: 1,
  name: "IMG_0001.HEIC",
  kind: "photo",
  taken_at: "2025-11-22T10:00:00+01:00",
  day: "2025-11-22",
  bytes: 1_800_000,
  duration_ms: null,
  roles: ["original"],
  thumbnail: "t-1",
  library_path: null,
  evidence: null,
  warning: null,
  availability: "on_device",
  favorite: false,
  edited: false,
  rendition: null,
  burst: null,
};
const kinds = (change: Partial<AssetDto>) => marks({ ...PHOTO, ...change }).map(({ kind, text }) => `${kind} ${text}`);

describe("marks", () => {
  it("tell Live Photos, videos, RAW files and broken ones", () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ kind: "live_photo" })).toEqual(["live Live"]);
    expect(kinds({ kind: "video", duration_ms: 65_000 })).toEqual(["video 1:05"]);
    expect(kinds({ kind: "video" })).toEqual(["video Video"]);
    expect(kinds({ name: "IMG_1.DNG" })).toEqual(["raw RAW"]);
    expect(kinds({ roles: ["original", "raw_alternate"] })).toEqual(["raw RAW"]);
    expect(kinds({ warning: "Cut short" })).toEqual(["warning Cut short"]);
  });

  it("tell bursts, edits, favourites and what is only in iCloud", () => {
    expect(kinds({ burst: { ids: [1, 2, 3], picked: 1 }, edited: true })).toEqual(["burst 3", "edited Edited"]);
    expect(standing({ ...PHOTO, favorite: true, availability: "only_in_icloud" }).map(({ kind }) => kind)).toEqual(["favorite", "cloud"]);
    expect(standing({ ...PHOTO, availability: "missing" })).toEqual([]);
    const small: AssetDto = { ...PHOTO, availability: "only_in_icloud", rendition: "Originals/IMG_0001.rendition.jpg" };
    expect(standing(small).map(({ text }) => text)).toEqual(["Only in iCloud", "A smaller picture of it is in the library"]);
    expect(spoken(small, "only_in_icloud")).toMatch(/can’t be imported yet, a smaller picture of it is in the library$/);
    // Beside the photo itself it says nothing.
    expect(standing({ ...small, availability: "on_device", library_path: "Originals/IMG_0001.HEIC" })).toEqual([]);
  });

  it("are spoken too", () => {
    expect(spoken({ ...PHOTO, kind: "live_photo", warning: "Cut short" }, "already_imported")).toMatch(/^Live Photo, IMG_0001.HEIC, .*, already imported, Cut short$/);
    expect(spoken({ ...PHOTO, availability: "only_in_icloud", favorite: true }, "only_in_icloud")).toMatch(/, only in iCloud, can’t be imported yet, favourite$/);
    expect(spoken({ ...PHOTO, burst: { ids: [1, 2], picked: 0 } }, "hidden")).toMatch(/^Burst of 2 photos, .*, hidden$/);
  });
});
