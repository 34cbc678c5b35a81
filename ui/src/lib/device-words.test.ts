import { describe, expect, it } from "vitest";
import { deviceWord, rememberDevices } from "./device-words";
import { stateAdvice, thing, within } from "./wording";

describe("a device", () => {
  it("is called what it is", () => {
    rememberDevices([
      { id: "iphone:tablet", model: "iPad Air (5th generation)" },
      { id: "iphone:phone", model: "iPhone 15 Pro" },
    ]);
    expect(["iphone:tablet", "iphone:phone", "iphone:never-seen"].map(deviceWord)).toEqual(["iPad", "iPhone", "iPhone"]);
    expect([thing("iphone:tablet"), within("iphone:tablet"), within("folder:/card")]).toEqual(["this iPad", "on this iPad", "in this folder"]);
    const advice = stateAdvice({ id: "iphone:tablet", kind: "iphone", name: "Kitchen", model: "iPad Air (5th generation)", os: "", state: "unreachable" });
    expect(advice?.title).toBe("This iPad can’t be reached");
    expect(advice?.text).not.toContain("iPhone");
  });
});
