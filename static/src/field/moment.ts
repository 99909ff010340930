/**
 * A date and a time on a clock of 24 hours in two boxes, whatever the browser's own pickers would show. The value travels
 * in a third, hidden box as `2027-01-12T13:20`; `930`, `9:30` and `0930` are all half past nine.
 */
import { toWall } from "../lib/wall-clock.ts";
import { now } from "./clock.ts";

const AHEAD = 60 * 60_000;

/** `13:20` out of what was typed; "" for nothing, null for what is no time of day. */
export function clockTime(typed: string): string | null {
  const text = typed.trim();
  if (text === "") return "";
  const found = /^(\d{1,2})[:.h]?(\d{2})$/.exec(text) ?? /^(\d{1,2})$/.exec(text);
  if (!found) return null;
  const hour = Number(found[1]);
  const minute = Number(found[2] ?? "0");
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** The day a time without a date means: today, or yesterday when today's would lie more than an hour ahead. */
export function likelyDay(time: string, at: Date, zone: string): string {
  const latest = toWall(new Date(at.getTime() + AHEAD).toISOString(), zone);
  const today = latest.slice(0, 10);
  if (`${today}T${time}` <= latest) return today;
  return toWall(new Date(at.getTime() + AHEAD - 86_400_000).toISOString(), zone).slice(0, 10);
}

interface Boxes {
  readonly value: HTMLInputElement;
  readonly time: HTMLInputElement;
  readonly date: HTMLInputElement;
}

function boxes(around: ParentNode | null): Boxes | null {
  const find = (part: string): HTMLInputElement | null =>
    around?.querySelector<HTMLInputElement>(`[data-moment="${part}"]`) ?? null;
  const [value, time, date] = [find("value"), find("time"), find("date")];
  return value && time && date ? { value, time, date } : null;
}

/** The value as it travels; what is no time of day comes as typed, for the server to refuse with its sentence. */
export function readMoment(block: ParentNode): string {
  return boxes(block)?.value.value ?? "";
}

/** Shows a wall time, `2027-01-12T13:20` or "". */
export function writeMoment(block: ParentNode, wall: string): void {
  const found = boxes(block);
  if (!found) return;
  found.value.value = wall;
  found.date.value = /^\d{4}-\d{2}-\d{2}/.test(wall) ? wall.slice(0, 10) : "";
  found.time.value = wall.includes("T") ? wall.slice(11, 16) : wall;
}

/** Fills the two boxes of every value that the server sent. */
export function showMoments(root: ParentNode): void {
  for (const value of root.querySelectorAll<HTMLInputElement>('[data-moment="value"]')) {
    const around = value.closest(".moment");
    if (around) writeMoment(around, value.value.slice(0, 16));
  }
}

let bound = false;

/** Puts date and time together before anybody reads them, on the whole page, once. */
export function bindMoments(): void {
  if (bound) return;
  bound = true;
  document.addEventListener(
    "change",
    (event) => {
      const target = event.target;
      if (!(target instanceof HTMLInputElement)) return;
      if (target.dataset.clock !== undefined) target.value = clockTime(target.value) ?? target.value;
      if (target.dataset.moment !== "time" && target.dataset.moment !== "date") return;
      const found = boxes(target.closest(".moment"));
      if (found) join(found);
    },
    true,
  );
  document.addEventListener(
    "input",
    (event) => {
      const target = event.target;
      const part = target instanceof HTMLInputElement ? target.dataset.moment : undefined;
      // Half a time is none: what is typed counts once the box is left, or is whole.
      if ((part === "time" || part === "date") && target instanceof HTMLInputElement) {
        const found = boxes(target.closest(".moment"));
        if (found && (part === "date" || /^\d{2}:?\d{2}$/.test(target.value.trim()))) join(found, false);
      }
    },
    true,
  );
}

function join({ value, time, date }: Boxes, tidy = true): void {
  const clock = clockTime(time.value);
  if (clock === null) {
    value.value = time.value;
    return;
  }
  if (clock === "") {
    value.value = "";
    return;
  }
  const zone = value.closest<HTMLElement>("[data-zone]")?.dataset.zone ?? "UTC";
  if (date.value === "") date.value = likelyDay(clock, now(), zone);
  value.value = `${date.value}T${clock}`;
  if (tidy) time.value = clock;
}
