import { describe, expect, it } from "vitest";
import { makePhotos } from "../../dev/fake-photos";
import type { AssetDto } from "../ipc/bindings/AssetDto";
import type { PreviewDto } from "../ipc/bindings/PreviewDto";
import { facts, sorts, taken, unplayable, whereabouts, zone } from "./caption";

const asset = { ...(makePhotos(1)[0] as AssetDto), bytes: 2_400_000, taken_at: "2025-11-22T15:04:05+01:00", duration_ms: null };
const details: PreviewDto = {
  id: 1,
  original: "source",
  width: 4032,
  height: 3024,
  camera: "Apple iPhone 15 Pro",
  lens: null,
  codec: "HEVC",
  frame_rate: null,
  edited: false,
  favorite: false,
  title: null,
  caption: null,
  traits: [],
  film: null,
  opens_elsewhere: false,
};
const PHONE = "iphone:1";

describe("a caption", () => {
  it("says when, on the clock there, and in which zone", () => {
    expect(taken(asset)).toBe("Nov 22, 2025, 3:04 PM (UTC+1)");
    expect(taken({ ...asset, taken_at: "2025-11-22T15:04:05" })).toBe("Nov 22, 2025, 3:04 PM");
    expect(["2025-11-22T15:04:05-03:30", "2025-11-22T15:04:05Z", "2025-11-22T15:04:05+00:00"].map(zone)).toEqual(["UTC−3:30", "UTC", "UTC"]);
  });

  it("leaves out what is not known", () => {
    expect(facts(asset, null)).toEqual(["2.4 MB"]);
    expect(facts(asset, details).slice(1)).toEqual(["4,032 × 3,024", "HEVC", "Apple iPhone 15 Pro"]);
    expect(facts({ ...asset, duration_ms: 7200 }, { ...details, frame_rate: 29.97, width: null }).slice(1)).toEqual(["0:07", "HEVC", "30 fps", "Apple iPhone 15 Pro"]);
  });

  it("marks what sort it is, and passes over words it does not know", () => {
    expect(sorts(null)).toEqual([]);
    expect(sorts({ ...details, traits: ["hdr", "gain_map", "slo_mo"], edited: true, favorite: true })).toEqual(["Favourite", "Edited", "HDR", "Slo-mo"]);
  });

  it("says where it is, and of a copy how it was verified", () => {
    const copied = { ...asset, library_path: "Originals/a.HEIC", evidence: "phone_hash" as const };
    expect(whereabouts(asset, undefined, PHONE)).toBe("");
    expect(whereabouts(asset, "source", PHONE)).toBe("Not in your library yet.");
    expect(whereabouts(copied, "library", PHONE)).toBe("In your library: Originals/a.HEIC. Verified: compared with the phone’s own checksum.");
    expect(whereabouts(asset, "only_in_icloud", PHONE)).toContain("Settings › your name › iCloud › Photos › Download and Keep Originals");
    expect(whereabouts(asset, "missing", PHONE)).toBe("This iPhone lists it but has no file for it.");
    expect(whereabouts(asset, "away", "folder:/a")).toBe("It isn’t in your library, and this folder isn’t connected.");
    expect(whereabouts(copied, "away", PHONE)).toContain("Its copy isn’t where it was");
  });

  it("offers another program only for what has a copy", () => {
    expect(unplayable({ ...asset, kind: "video" }, { ...details, opens_elsewhere: true })).toBe("Keepsake can’t play HEVC videos on this computer. Another program may.");
    expect(unplayable({ ...asset, kind: "video" }, null)).toContain("this video on this computer. Once it is imported");
    expect(unplayable({ ...asset, kind: "live_photo" }, details)).toContain("can’t play this Live Photo");
  });
});
