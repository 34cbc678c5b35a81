// What the page needs from whoever runs the engine. The rest of the page sees this and nothing of the host behind it.
import type { Commands } from "./bindings/Commands";
import type { ErrorDto } from "./bindings/ErrorDto";
import type { Event } from "./bindings/Event";

export type CommandName = keyof Commands;
export type Args<N extends CommandName> = Commands[N][0];
export type Result<N extends CommandName> = Commands[N][1];

export interface Listener {
  /** Receives one piece of news. */
  news(event: Event): void;
  /** Says that news may have been missed, so that everything has to be asked again. */
  gap(): void;
}

export interface Host {
  /** Runs a command; rejects with an `ErrorDto`. */
  call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>>;
  /** Starts listening, and resolves to what ends it. */
  listen(listener: Listener): Promise<() => void>;
  /** Makes the address of a picture from its token. */
  pictureUrl(token: string): string;
}

/** Turns whatever a promise was rejected with into an error that a screen can show. */
export function asError(reason: unknown): ErrorDto {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    return reason as ErrorDto;
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code: "bad_request", message };
}
