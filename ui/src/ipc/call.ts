// Finds out who runs the engine.
import type { Host } from "./host";
import { httpHost } from "./host-http";
import { tauriHost } from "./host-tauri";

/** Chooses the host by where the page runs: in the app's window or in a browser. */
export function connect(): Host {
  return "__TAURI_INTERNALS__" in window ? tauriHost() : httpHost();
}
