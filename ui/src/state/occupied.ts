// What goes on in the library, so that nothing else can begin there: the engine would refuse it.
import type { App } from "./app.svelte";

/** What is in the way, and what to do, in a sentence or two; null when the library is at rest, or an import runs, which shows itself. */
export function occupied({ checks, imports, libraries }: Pick<App, "checks" | "imports" | "libraries">): string | null {
  const library = `“${libraries.current?.name ?? ""}”`;
  if (checks.running?.stopping) return `The check of ${library} is being stopped.`;
  if (checks.running) return `${library} is being checked. Wait for that, or stop the check first.`;
  if (checks.settingAside) return `Files are being set aside in ${library}. Wait for that first.`;
  return imports.undoing === null ? null : `An import into ${library} is being undone. Wait for that, or stop it first.`;
}
