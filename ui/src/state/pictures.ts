// Pictures that the page waits for. One that is scrolled away before it came is taken back: the phone has better to do.
import type { Attachment } from "svelte/attachments";
import type { Host } from "../ipc/host";

/** How long those that went are gathered before the engine is told. */
const GATHER_MS = 50;
/** Tokens that one call of `forget_pictures` heeds. */
const MOST_AT_ONCE = 500;
/** Tokens remembered of those taken back, so that a failure can be told from a late taking back. */
const MOST_REMEMBERED = 2000;
/** How often an image asks anew, at most. */
const MOST_ATTEMPTS = 3;

export class Pictures {
  /** How many images wait for a picture. */
  #waiting = new Map<string, number>();
  /** Nobody waits for these since a moment ago. */
  #left = new Set<string>();
  /** The engine was told to take these back; oldest first. */
  #takenBack = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly host: Host) {}

  /** The address of a picture. */
  readonly url = (token: string): string => this.host.pictureUrl(token);

  /** Watches over an image that shows a picture: it waits from now on. `onnone` is called when there is no picture. */
  readonly watch =
    (token: string, onnone: () => void = () => {}): Attachment<HTMLImageElement> =>
    (image) => {
      let waits = true;
      let attempts = 1;
      this.#ask(token);
      const end = () => {
        if (waits) this.#end(token);
        waits = false;
      };
      const arrived = () => {
        end();
        this.#takenBack.delete(token);
      };
      const failed = () => {
        if (this.#takenBack.has(token) && attempts < MOST_ATTEMPTS) {
          // What was taken back was on its way for another image, or the taking back came late: it is there to be had.
          attempts += 1;
          image.src = this.url(token);
          return;
        }
        end();
        onnone();
      };
      image.addEventListener("load", arrived);
      image.addEventListener("error", failed);
      return () => {
        image.removeEventListener("load", arrived);
        image.removeEventListener("error", failed);
        if (!waits) return;
        end();
        if (!this.#waiting.has(token)) this.#leave(token);
      };
    };

  #ask(token: string): void {
    this.#left.delete(token);
    this.#waiting.set(token, (this.#waiting.get(token) ?? 0) + 1);
  }

  #end(token: string): void {
    const others = (this.#waiting.get(token) ?? 1) - 1;
    if (others > 0) this.#waiting.set(token, others);
    else this.#waiting.delete(token);
  }

  #leave(token: string): void {
    this.#left.add(token);
    if (this.#timer === null) this.#timer = setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    this.#timer = null;
    const tokens = [...this.#left];
    this.#left.clear();
    for (const token of tokens) {
      this.#takenBack.delete(token);
      this.#takenBack.add(token);
    }
    for (const oldest of this.#takenBack) {
      if (this.#takenBack.size <= MOST_REMEMBERED) break;
      this.#takenBack.delete(oldest);
    }
    for (let at = 0; at < tokens.length; at += MOST_AT_ONCE) {
      // What is not taken back is drawn for nothing; no harm is done.
      void this.host.call("forget_pictures", { tokens: tokens.slice(at, at + MOST_AT_ONCE) }).catch(() => {});
    }
  }
}
