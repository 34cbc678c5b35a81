// What is left of an import that ended, and why it cannot go on just now.
import type { ImportDto } from "../ipc/bindings/ImportDto";
import type { LibraryDto } from "../ipc/bindings/LibraryDto";
import type { SelectionDto } from "../ipc/bindings/SelectionDto";
import type { SourceDto } from "../ipc/bindings/SourceDto";
import { count } from "./format";

export interface Left {
  kind: Extract<SelectionDto["kind"], "unfinished" | "failed">;
  /** What the button says. */
  label: string;
}

/** What a button brings to an end; null when nothing is left. What an early end left undone comes before what failed by itself. */
export function whatIsLeft({ stopped, totals: { failed } }: Pick<ImportDto, "stopped" | "totals">): Left | null {
  if (stopped) return { kind: "unfinished", label: "Continue Import" };
  return failed > 0 ? { kind: "failed", label: `Try Again (${count(failed)})` } : null;
}

/** What to do before it can go on, in a sentence; null when nothing is in the way. */
export function cannotGoOn(
  { source_name, library_name, source: id }: Pick<ImportDto, "source" | "source_name" | "library_name">,
  source: Pick<SourceDto, "state"> | null,
  library: Pick<LibraryDto, "online"> | null,
): string | null {
  if (!library?.online) return `Connect the drive of “${library_name}” to go on.`;
  switch (source?.state) {
    case "ready":
      return null;
    case "locked":
      return `Unlock “${source_name}” to go on.`;
    case "trust_pending":
    case "not_trusted":
      return `Unlock “${source_name}” and tap Trust to go on.`;
    case "connecting":
      return `“${source_name}” is being connected.`;
    case "ejected":
      return `Open “${source_name}” again, or unplug it and plug it in, to go on.`;
    default:
      return id.startsWith("folder:") ? `Open the folder “${source_name}” to go on.` : `Connect “${source_name}” to go on.`;
  }
}
