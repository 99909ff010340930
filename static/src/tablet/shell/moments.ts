/** Moments as people say them, on the agency's clock. */
import { hoursAndMinutes, toWall } from "../../lib/wall-clock.ts";

/** "today 14:03" or "Tue, Jan 12, 14:03"; "" for none. */
export function momentWords(at: Date | string | null | undefined, zone: string, now = new Date()): string {
  const found = dated(at);
  if (!found) return "";
  return sameDay(found, now, zone)
    ? `today ${hoursAndMinutes(found, zone)}`
    : `${dayWords(found, zone, now)}, ${hoursAndMinutes(found, zone)}`;
}

/** "Tue, Jan 12", with the year when it is another one. */
export function dayWords(at: Date | string | null | undefined, zone: string, now = new Date()): string {
  const found = dated(at);
  if (!found) return "";
  const day = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    month: "short",
    day: "numeric",
  }).format(found);
  const [year, thisYear] = [found, now].map((one) => toWall(one.toISOString(), zone).slice(0, 4));
  return year === thisYear ? day : `${day} ${year}`;
}

/** "14:03" on the day itself, else with the day. */
export function clockWords(at: Date, zone: string, now = new Date()): string {
  return sameDay(at, now, zone) ? hoursAndMinutes(at, zone) : momentWords(at, zone, now);
}

function dated(at: Date | string | null | undefined): Date | null {
  if (at === null || at === undefined || at === "") return null;
  const found = typeof at === "string" ? new Date(at) : at;
  return Number.isNaN(found.getTime()) ? null : found;
}

function sameDay(one: Date, other: Date, zone: string): boolean {
  return toWall(one.toISOString(), zone).slice(0, 10) === toWall(other.toISOString(), zone).slice(0, 10);
}
