// What an event must look like before the page believes it.
import type { Event } from "./bindings/Event";

/** The one event that the window's host emits. */
export const EVENT_NAME = "keepsake";

/** Named one by one, so that one that is added to the engine cannot be forgotten here. */
const KNOWN: Record<Event["type"], true> = { sources_changed: true, libraries_changed: true, scan: true, import: true, check: true, close_asked: true, undo: true };

/** Lets known events through and drops the rest, such as those of a newer engine. */
export function readEvent(payload: unknown): Event | null {
  if (typeof payload !== "object" || payload === null || !("type" in payload)) return null;
  return Object.hasOwn(KNOWN, String(payload.type)) ? (payload as Event) : null;
}
