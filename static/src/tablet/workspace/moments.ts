/** Instants in words on the agency's clock. */
import { hoursAndMinutes, toWall } from "../../lib/wall-clock.ts";

/** "14:03" today, "Nov 21, 14:03" on another day; "" for none. */
export function momentWords(at: string | null | undefined, zone: string, now: Date = new Date()): string {
  if (!at) return "";
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at;
  const clock = hoursAndMinutes(moment, zone);
  if (toWall(at, zone).slice(0, 10) === toWall(now.toISOString(), zone).slice(0, 10)) return clock;
  return `${dayWords(moment, zone)}, ${clock}`;
}

/** "Nov 21, 2026, 14:03": with the year, for what is signed. */
export function fullMoment(at: string, zone: string): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at;
  return `${dayWords(moment, zone, true)}, ${hoursAndMinutes(moment, zone)}`;
}

/** "Nov 2, 1988" out of 1988-11-02. */
export function dateWords(date: string): string {
  const at = new Date(`${date}T12:00:00Z`);
  return Number.isNaN(at.getTime()) ? date : dayWords(at, "UTC", true);
}

function dayWords(at: Date, zone: string, year = false): string {
  const parts: Intl.DateTimeFormatOptions = { timeZone: zone, month: "short", day: "numeric" };
  return new Intl.DateTimeFormat("en-US", year ? { ...parts, year: "numeric" } : parts).format(at);
}
