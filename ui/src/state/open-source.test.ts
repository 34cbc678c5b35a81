import { expect, it } from "vitest";
import { FakeHost, PHONE } from "../../dev/fake-host";
import type { ScanDto } from "../ipc/bindings/ScanDto";
import { OpenSource } from "./open-source.svelte";

it("takes news of a listing for newer than an answer that was under way", async () => {
  const host = new FakeHost();
  host.scan = { phase: "listing" };
  const answered = host.scanNow();
  let answer: (scan: ScanDto) => void = () => {};
  const others = host.call.bind(host);
  const held = new Promise<ScanDto>((done) => (answer = done));
  host.call = ((name, args) => (name === "open_source" ? held : others(name, args))) as FakeHost["call"];
  const open = new OpenSource(host, PHONE.id, () => {});
  const opening = open.open();
  open.news({ ...answered, error: { code: "trust_pending", message: "Asking." } });
  answer(answered);
  await opening;
  expect(open.waiting?.code).toBe("trust_pending");
  open.stop();
});
