import { describe, expect, it } from "vitest";
import { bytes, count, day, duration, moment, plural, speed, takenAt, timeLeft, took } from "./format";

describe("figures", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 kB"],
    [1500, "1.5 kB"],
    [999_499, "999 kB"],
    [999_600, "1 MB"],
    [4_200_000, "4.2 MB"],
    [38_400_000, "38.4 MB"],
    [99_960_000_000, "100 GB"],
    [4_200_000_000, "4.2 GB"],
    [31_000_000_000, "31 GB"],
    [999_700_000_000, "1 TB"],
    [-5, "0 bytes"],
  ])("%d bytes reads %s", (n, text) => expect(bytes(n)).toBe(text));

  it("groups thousands and counts nouns", () => {
    expect(count(11902)).toBe("11,902");
    expect(plural(1, "photo")).toBe("1 photo");
    expect(plural(2000, "photo")).toBe("2,000 photos");
    expect(plural(2, "photo or video", "photos and videos")).toBe("2 photos and videos");
    expect(speed(38_000_000)).toBe("38 MB/s");
  });
});

describe("times", () => {
  it.each([
    [5, "Less than a minute left"],
    [64, "About 1 minute left"],
    [170, "About 3 minutes left"],
    [3600, "About 1 hour left"],
    [8100, "About 2 hours 15 min left"],
  ])("%d s left reads %s", (seconds, text) => expect(timeLeft(seconds)).toBe(text));

  it("says how long it took", () => {
    expect([took(0.2), took(8), took(120), took(125), took(3840)]).toEqual(["1 s", "8 s", "2 min", "2 min 5 s", "1 h 4 min"]);
  });

  it("shows the length of a video", () => {
    expect([duration(0), duration(7200), duration(65_000), duration(3_725_000)]).toEqual(["0:00", "0:07", "1:05", "1:02:05"]);
  });
});

describe("dates", () => {
  it("names a day, and leaves what is not one as it is", () => {
    expect(day("2025-11-22")).toBe("Saturday, November 22, 2025");
    expect(day("undated")).toBe("undated");
  });

  it("shows the clock where the photo was taken, whatever the offset", () => {
    const shown = ["2025-11-22T23:30:00+13:00", "2025-11-22T23:30:00-09:00", "2025-11-22T23:30:00"].map(takenAt);
    expect(new Set(shown).size).toBe(1);
    expect(shown[0]).toMatch(/^Nov 22, 2025, 11:30\sPM$/);
    expect(takenAt("")).toBe("");
  });

  it("shows an instant on this computer's clock", () => {
    expect(moment("2025-11-22T12:00:00Z")).toContain("2025");
    expect(moment("never")).toBe("never");
  });
});
