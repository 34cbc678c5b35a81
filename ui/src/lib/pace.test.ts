import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "./pace";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("pace", () => {
  it("runs at once, then no more often than told, and always after the last request", async () => {
    const at: number[] = [];
    const start = Date.now();
    const pace = new Pace(async () => void at.push(Date.now() - start), 400);
    for (let ms = 0; ms < 1000; ms += 10) {
      pace.ask();
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(at).toEqual([0, 400, 800, 1200]);
  });

  it("never runs twice at once, and runs again when asked meanwhile", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const pace = new Pace(async () => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 1000));
      running -= 1;
    }, 100);
    pace.ask();
    await vi.advanceTimersByTimeAsync(500);
    pace.ask();
    pace.ask();
    await vi.advanceTimersByTimeAsync(5000);
    expect([most, runs]).toEqual([1, 2]);
  });

  it("forgets what was asked for when stopped", async () => {
    const job = vi.fn(async () => {});
    const pace = new Pace(job, 100);
    pace.ask();
    pace.ask();
    pace.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(job).toHaveBeenCalledTimes(1);
  });
});
