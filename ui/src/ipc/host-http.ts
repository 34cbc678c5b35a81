// The host of a page in an ordinary browser, for development and tests: the same commands over loopback HTTP.
import { readEvent } from "./events";
import { asError, type Host, type Listener } from "./host";

async function post(name: string, args: unknown): Promise<never> {
  const response = await fetch("/call", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name, args }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw asError(body);
  return body as never;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function listen(listener: Listener): Promise<() => void> {
  const stream = new EventSource("/events");
  let opened = false;
  stream.onopen = () => {
    // The browser reconnects by itself, but what was said in between is lost.
    if (opened) listener.gap();
    opened = true;
  };
  stream.onmessage = ({ data }) => {
    const event = readEvent(parse(String(data)));
    if (event) listener.news(event);
  };
  return Promise.resolve(() => stream.close());
}

export function httpHost(): Host {
  return {
    call: (name, args) =>
      post(name, args).catch((reason: unknown) => {
        throw asError(reason);
      }),
    listen,
    pictureUrl: (token) => `/media/${encodeURIComponent(token)}`,
  };
}
