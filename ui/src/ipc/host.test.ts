import { clearMocks, mockConvertFileSrc, mockIPC } from "@tauri-apps/api/mocks";
import { emit } from "@tauri-apps/api/event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Event } from "./bindings/Event";
import { connect } from "./call";
import { readEvent } from "./events";
import { asError } from "./host";

afterEach(() => {
  clearMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(window, "__TAURI_INTERNALS__");
});

describe("in the window", () => {
  it("runs commands through one command and passes errors on as they are", async () => {
    const asked: unknown[] = [];
    mockIPC((command, payload) => {
      asked.push([command, payload]);
      if ((payload as { name: string }).name === "rescan") throw { code: "source_gone", message: "Gone." };
      return [];
    });
    const host = connect();
    expect(await host.call("volumes", {})).toEqual([]);
    expect(asked).toEqual([["call", { name: "volumes", args: {} }]]);
    await expect(host.call("rescan", { source: "iphone:1" })).rejects.toEqual({ code: "source_gone", message: "Gone." });
  });

  it("hears one event, and drops what it does not know", async () => {
    mockIPC(() => null, { shouldMockEvents: true });
    const heard: Event[] = [];
    const end = await connect().listen({ news: (event) => heard.push(event), gap: () => {} });
    await emit("keepsake", { type: "sources_changed" });
    await emit("keepsake", { type: "of_a_newer_engine" });
    await emit("keepsake", null);
    expect(heard).toEqual([{ type: "sources_changed" }]);
    end();
  });

  it("asks the window's own scheme for pictures", () => {
    mockIPC(() => null);
    mockConvertFileSrc("linux");
    expect(connect().pictureUrl("7f-A0")).toBe("media://localhost/7f-A0");
    mockConvertFileSrc("windows");
    expect(connect().pictureUrl("7f-A0")).toBe("http://media.localhost/7f-A0");
  });
});

describe("in a browser", () => {
  it("posts commands, and takes a bad status as the error in its body", async () => {
    const fetched = vi.fn(async (_: string, init: RequestInit) => {
      const failed = String(init.body).includes("rescan");
      return new Response(JSON.stringify(failed ? { code: "busy", message: "Busy." } : []), { status: failed ? 409 : 200 });
    });
    vi.stubGlobal("fetch", fetched);
    const host = connect();
    expect(await host.call("volumes", {})).toEqual([]);
    expect(fetched.mock.calls[0]?.[0]).toBe("/call");
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: "POST", body: '{"name":"volumes","args":{}}' });
    await expect(host.call("rescan", { source: "x" })).rejects.toEqual({ code: "busy", message: "Busy." });
    expect(host.pictureUrl("7f-A0")).toBe("/media/7f-A0");
  });

  it("says that news may be missing after the stream was opened again", async () => {
    const stream = { onopen: () => {}, onmessage: vi.fn<(message: { data: string }) => void>(), close: vi.fn() };
    vi.stubGlobal("EventSource", function () {
      return stream;
    });
    const [news, gap] = [vi.fn(), vi.fn()];
    const end = await connect().listen({ news, gap });
    stream.onopen();
    stream.onmessage({ data: '{"type":"libraries_changed"}' });
    stream.onmessage({ data: "not JSON" });
    expect([news.mock.calls, gap.mock.calls.length]).toEqual([[[{ type: "libraries_changed" }]], 0]);
    stream.onopen();
    expect(gap).toHaveBeenCalledTimes(1);
    end();
    expect(stream.close).toHaveBeenCalled();
  });
});

describe("what crosses", () => {
  it("is an error with a sentence, whatever was thrown", () => {
    expect(asError(new Error("No answer"))).toEqual({ code: "bad_request", message: "No answer" });
    expect(asError("odd").message).toBe("odd");
    expect(asError(null).message).toBe("null");
  });

  it("is an event only when its type is known", () => {
    expect(readEvent({ type: "scan" })).not.toBeNull();
    expect([readEvent("scan"), readEvent({}), readEvent({ type: "x" })]).toEqual([null, null, null]);
  });
});
