// What a phone or tablet is called in a sentence. An iPad answers as an iPhone does, and is none.
import type { SourceDto } from "../ipc/bindings/SourceDto";

const WORDS = ["iPad", "iPod"] as const;
export type DeviceWord = "iPhone" | (typeof WORDS)[number];

/** The models of the sources that the engine named, as an identity does not tell what a device is. */
const models = new Map<string, string>();

/** Remembers what the sources are, so that a sentence about one that went away is right, too. */
export function rememberDevices(list: readonly Pick<SourceDto, "id" | "model">[]): void {
  for (const { id, model } of list) models.set(id, model);
}

/** "iPad" for an iPad, "iPhone" for every other device and for one that was not seen since the page was opened. */
export function deviceWord(source: string): DeviceWord {
  const model = models.get(source) ?? "";
  return WORDS.find((word) => model.startsWith(word)) ?? "iPhone";
}
