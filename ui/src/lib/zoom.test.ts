import { describe, expect, it } from "vitest";
import { actual, closest, edgeFor, FITTED, fitted, pan, zoomTo } from "./zoom";

const stage = { width: 1000, height: 600 };
const photo = { width: 4000, height: 3000 };

describe("a picture on its stage", () => {
  it("fits whole, and is never enlarged by itself", () => {
    expect(fitted(photo, stage, 1)).toEqual({ width: 800, height: 600 });
    expect(fitted({ width: 3000, height: 4000 }, stage, 2)).toEqual({ width: 450, height: 600 });
    expect(fitted({ width: 320, height: 240 }, stage, 1)).toEqual({ width: 320, height: 240 });
    expect(fitted({ width: 320, height: 240 }, stage, 2)).toEqual({ width: 160, height: 120 });
    expect(fitted({ width: 0, height: 0 }, { width: 0, height: 0 }, 1)).toEqual({ width: 1, height: 1 });
  });

  it("has a factor for one pixel to one", () => {
    const box = fitted(photo, stage, 1);
    expect(actual(photo, box, 1)).toBe(5);
    expect(actual(photo, box, 2)).toBe(2.5);
    expect(actual({ width: 320, height: 240 }, { width: 320, height: 240 }, 1)).toBe(2);
    expect(closest(photo, box, 1)).toBe(20);
  });

  it("keeps what is under the pointer there, as far as there is picture", () => {
    const room = { box: fitted(photo, stage, 1), stage, closest: 20 };
    const near = zoomTo(FITTED, 5, { x: 100, y: 50 }, room);
    expect(near).toEqual({ factor: 5, x: -400, y: -200 });
    expect(zoomTo(near, 1, { x: 100, y: 50 }, room)).toEqual(FITTED);
    expect(zoomTo(FITTED, 99, { x: 0, y: 0 }, room).factor).toBe(20);
    expect(zoomTo(FITTED, 0.1, { x: 7, y: 7 }, room)).toEqual(FITTED);
    // Narrower than the stage it stays in the middle.
    expect(zoomTo(FITTED, 1.2, { x: 400, y: 0 }, room).x).toBe(0);
  });

  it("is moved to its edges and no further", () => {
    const box = fitted(photo, stage, 1);
    const near = { factor: 5, x: 0, y: 0 };
    expect(pan(near, { x: 10, y: -10 }, box, stage)).toEqual({ factor: 5, x: 10, y: -10 });
    expect(pan(near, { x: 1e6, y: -1e6 }, box, stage)).toEqual({ factor: 5, x: 1500, y: -1200 });
    expect(pan(FITTED, { x: 50, y: 50 }, box, stage)).toEqual(FITTED);
  });

  it("asks for as many pixels as the screen has, in steps, within bounds", () => {
    expect(edgeFor(stage, 1)).toBe(1024);
    expect(edgeFor({ width: 1200, height: 700 }, 1)).toBe(1280);
    expect(edgeFor({ width: 1210, height: 700 }, 1)).toBe(1280);
    expect(edgeFor({ width: 1440, height: 800 }, 2)).toBe(3072);
    expect(edgeFor({ width: 5000, height: 800 }, 3)).toBe(4096);
    expect(edgeFor({ width: 0, height: 0 }, 1)).toBe(1024);
  });
});
