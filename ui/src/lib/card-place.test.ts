import { expect, it } from "vitest";
import { cardPlace } from "./card-place";

const room = { width: 1000, height: 700 };
const card = { width: 320, height: 200 };

it("puts a card beside its photo, on the side that has room", () => {
  expect(cardPlace({ left: 300, right: 450, top: 100 }, card, room)).toEqual({ left: 458, top: 100 });
  expect(cardPlace({ left: 800, right: 950, top: 100 }, card, room)).toEqual({ left: 472, top: 100 });
});

it("keeps a card in the window", () => {
  expect(cardPlace({ left: 300, right: 450, top: 650 }, card, room).top).toBe(492);
  expect(cardPlace({ left: 300, right: 450, top: -90 }, card, room).top).toBe(8);
  expect(cardPlace({ left: 100, right: 900, top: 0 }, card, { width: 400, height: 100 })).toEqual({ left: 8, top: 8 });
});
