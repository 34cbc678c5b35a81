import { describe, expect, it } from "vitest";
import type { AssetDto } from "../ipc/bindings/AssetDto";
import { marks, spoken, tooltip } from "./cell-marks";

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

  it("give name, date and size on hover, and where the copy is", () => {
    expect(tooltip(PHOTO, "iphone:1")).toMatch(/^IMG_0001.HEIC\nNov 22, 2025, 10:00\sAM · 1.8 MB$/);
    expect(tooltip({ ...PHOTO, library_path: "Originals/2025/a" }, "iphone:1")).toContain("\nIn your library: Originals/2025/a");
    expect(tooltip({ ...PHOTO, evidence: "phone_hash" }, "iphone:1")).toContain("\nVerified: compared with the phone’s own checksum");
  });

  it("are spoken too", () => {
    expect(spoken({ ...PHOTO, kind: "live_photo", warning: "Cut short" }, "already_imported")).toMatch(/^Live Photo, IMG_0001.HEIC, .*, already imported, Cut short$/);
  });
});
