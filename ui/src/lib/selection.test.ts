import { describe, expect, it } from "vitest";
import { Selection } from "./selection";

const of = (...ids: number[]) => {
  const selection = new Selection();
  selection.add(ids);
  return selection;
};

describe("selection", () => {
  it("adds, removes, toggles and replaces", () => {
    const selection = of(1, 2, 3);
    selection.toggle(2);
    selection.toggle(9);
    selection.remove([1]);
    expect(selection.ids()).toEqual([3, 9]);
    selection.only([5]);
    expect(selection.ids()).toEqual([5]);
    selection.clear();
    expect(selection.size).toBe(0);
  });

  it("forgets what is no longer there", () => {
    const selection = of(1, 2, 3);
    selection.keepOnly([3, 4, 2]);
    expect(selection.ids().sort()).toEqual([2, 3]);
  });

  it("says how much of a day is in it", () => {
    expect(of().coverage([1, 2])).toBe("none");
    expect(of(7).coverage([1, 2])).toBe("none");
    expect(of(1).coverage([1, 2])).toBe("some");
    expect(of(1, 2, 3).coverage([1, 2])).toBe("all");
  });

  it("does not take a day as whole while some of it is unknown", () => {
    expect(of(1, 2).coverage([1, undefined])).toBe("some");
    expect(of(7).coverage([undefined])).toBe("none");
  });

  it("holds 200,000 ids without effort", () => {
    const all = Array.from({ length: 200_000 }, (_, n) => n);
    const selection = of(...[]);
    selection.only(all);
    expect(selection.size).toBe(200_000);
    expect(selection.coverage(all)).toBe("all");
  });
});
