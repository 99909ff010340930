/**
 * Between the instants that are stored and the agency's wall clock that people read, whatever zone the tablet is in.
 * A wall time is written as a `datetime-local` box writes it: `2027-01-12T13:20`.
 */

const WALL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function partsIn(zone: string, at: Date): Parts {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const found = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => found.get(name) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

function offsetMinutes(zone: string, at: Date): number {
  const { year, month, day, hour, minute, second } = partsIn(zone, at);
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - at.getTime()) / 60_000);
}

const two = (number: number): string => String(number).padStart(2, "0");

/** `at` (an ISO instant) on the wall clock of `zone`, to the minute; "" for none. */
export function toWall(at: string | null | undefined, zone: string): string {
  if (!at) return "";
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const { year, month, day, hour, minute } = partsIn(zone, moment);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/**
 * A wall time in `zone` as an ISO instant with its offset; null for "". What cannot be read comes back as it is, for
 * the server to refuse with its sentence. An hour that happens twice in autumn means the first of the two.
 */
export function fromWall(wall: string, zone: string): string | null {
  if (wall === "") return null;
  const match = WALL.exec(wall);
  if (match === null) return wall;
  const [year, month, day, hour, minute, second] = match.slice(1).map((digits) => Number(digits ?? 0));
  const plain = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  const early = offsetMinutes(zone, new Date(plain - 86_400_000));
  const late = offsetMinutes(zone, new Date(plain + 86_400_000));
  const offset = [early, late].find((one) => offsetMinutes(zone, new Date(plain - one * 60_000)) === one);
  const used = offset ?? early;
  const sign = used < 0 ? "-" : "+";
  const size = Math.abs(used);
  const seconds = match[6] ?? "00";
  return `${wall.slice(0, 16)}:${seconds}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Hours and minutes on the wall clock: "14:03". */
export function hoursAndMinutes(at: Date, zone: string): string {
  const { hour, minute } = partsIn(zone, at);
  return `${two(hour)}:${two(minute)}`;
}
