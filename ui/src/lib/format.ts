// Numbers, sizes and dates as people read them. The page speaks English, so the figures do too.

const COUNT = new Intl.NumberFormat("en-US");
const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** 11902 -> "11,902". */
export function count(n: number): string {
  return COUNT.format(n);
}

/** "1 photo", "12 photos". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Decimal units, as on the phone and on the label of a drive, to one place below 100: 48200000000 -> "48.2 GB". The engine's `text::size` writes the same. */
export function bytes(n: number): string {
  let value = Math.max(0, n);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  const figure = value.toFixed(digits).replace(/\.0$/, "");
  return unit === 0 && figure === "1" ? "1 byte" : `${figure} ${UNITS[unit]}`;
}

/** 38000000 -> "38 MB/s". */
export function speed(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`;
}

/** Rounds and says "about": a countdown that is right to the second is never right. */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return "Less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `About ${plural(minutes, "minute")} left`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `About ${plural(hours, "hour")}${rest > 0 ? ` ${count(rest)} min` : ""} left`;
}

/** How long something took: "8 s", "2 min 5 s", "1 h 4 min". */
export function took(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${Math.max(1, whole)} s`;
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Length of a video: 7200 ms -> "0:07". */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const DAY = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** "2025-11-22" -> "Saturday, November 22, 2025"; anything else is returned as it came. */
export function day(isoDay: string): string {
  const at = new Date(`${isoDay}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? isoDay : DAY.format(at);
}

const STAMP = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" });

/** Shows the wall clock where the photo was taken, so the offset is left out of the reckoning. */
export function takenAt(rfc3339: string): string {
  const local = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)/.exec(rfc3339);
  const at = new Date(local ? `${local[1]}T${local[2]}Z` : Number.NaN);
  return Number.isNaN(at.getTime()) ? rfc3339 : STAMP.format(at);
}

const DATE = new Intl.DateTimeFormat("en-US", { dateStyle: "long" });

/** The day of an instant on this computer's clock: "November 3, 2025". */
export function dateOf(rfc3339: string): string {
  const at = new Date(rfc3339);
  return Number.isNaN(at.getTime()) ? rfc3339 : DATE.format(at);
}

const MOMENT = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });

/** An instant on this computer's clock, such as when an import began. */
export function moment(rfc3339: string): string {
  const at = new Date(rfc3339);
  return Number.isNaN(at.getTime()) ? rfc3339 : MOMENT.format(at);
}
