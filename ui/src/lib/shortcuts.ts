// The keys that work everywhere in the window.

export type Shortcut = "rescan" | "import" | "select_all" | "select_none";

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** Whether a key belongs to what is being typed: a text field selects its own text and is left by Escape. */
export function isTyping(target: EventTarget | null): boolean {
  const field = target instanceof HTMLElement ? target.closest("input, textarea") : null;
  return field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(field.type));
}

/** Tells what a key asks for; null when it is nobody's or the grid's own. */
export function shortcut({ key, ctrlKey, metaKey, shiftKey }: Key): Shortcut | null {
  const command = ctrlKey || metaKey;
  switch (key.toLowerCase()) {
    case "f5":
      return "rescan";
    case "r":
      return command ? "rescan" : null;
    case "enter":
      return command ? "import" : null;
    case "escape":
      return "select_none";
    case "a":
      if (!command) return null;
      return shiftKey ? "select_none" : "select_all";
    default:
      return null;
  }
}
