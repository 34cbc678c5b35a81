// The desktop window's host: one command, one event, one address scheme for pictures.
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { EVENT_NAME, readEvent } from "./events";
import { asError, type Host } from "./host";

export function tauriHost(): Host {
  return {
    call: (name, args) =>
      invoke<never>("call", { name, args }).catch((reason: unknown) => {
        throw asError(reason);
      }),
    listen: (listener) =>
      listen(EVENT_NAME, ({ payload }) => {
        const event = readEvent(payload);
        if (event) listener.news(event);
      }),
    pictureUrl: (token) => convertFileSrc(token, "media"),
  };
}
