// What an event must look like before the page believes it.
import type { Event } from "./bindings/Event";

/** The one event that the window's host emits. */
export const EVENT_NAME = "keepsake";

const KNOWN: ReadonlySet<string> = new Set<Event["type"]>(["sources_changed", "libraries_changed", "scan", "import"]);

/** Lets known events through and drops the rest, such as those of a newer engine. */
export function readEvent(payload: unknown): Event | null {
  if (typeof payload !== "object" || payload === null || !("type" in payload)) return null;
  return KNOWN.has(String(payload.type)) ? (payload as Event) : null;
}
