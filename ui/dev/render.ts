// Puts the whole page over an engine in memory into a test's document.
import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { flushSync, tick } from "svelte";
import Page from "../src/App.svelte";
import { App } from "../src/state/app.svelte";
import { FakeHost } from "./fake-host";

/** Emulated documents have no layout: what is measured is always a view of 1000 x 700. */
export function giveLayout(): void {
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 1000 });
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 700 });
  globalThis.ResizeObserver = class {
    constructor(private readonly measured: () => void) {}
    observe(): void {
      // Like the real one: never in the middle of the call.
      queueMicrotask(this.measured);
    }
    unobserve(): void {}
    disconnect(): void {}
  } as unknown as typeof ResizeObserver;
}

/** Lets promises, paced jobs and the page settle. */
export async function settle(ms = 0): Promise<void> {
  const until = Date.now() + ms;
  do {
    for (let n = 0; n < 5; n += 1) await new Promise((done) => setTimeout(done, 0));
    flushSync();
    await tick();
  } while (Date.now() < until);
}

export async function openPage(prepare: (host: FakeHost) => void = () => {}) {
  giveLayout();
  const host = new FakeHost();
  prepare(host);
  const app = new App(host);
  const page = render(Page, { app });
  await app.start();
  await settle(30);
  return { host, app, page, user: userEvent.setup() };
}
