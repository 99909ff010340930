/**
 * When is a number on the keypad finished? As soon as no further digit could make another possible value, so that the
 * next reading comes up by itself: 84 is a whole heart rate (84x is none), 11 is not yet one.
 */
import type { Limit } from "./vitals-limits.ts";

/**
 * `partial`: more digits are needed. `open`: a value as it stands, and more digits could follow. `whole`: a value, and
 * nothing can follow. `impossible`: no digits that follow would make it one.
 */
export type Stage = "partial" | "open" | "whole" | "impossible";

type Range = readonly [number, number];

/** The stage of whole-number digits against a field's limits. */
export function stageOf(digits: string, limit: Limit): Stage {
  if (digits === "") return "partial";
  const zero = limit.also?.includes(0) || limit.hard[0] === 0;
  if (Number(digits) === 0) return zero && digits === "0" ? "whole" : "impossible";
  const value = Number(digits);
  const accepted = value >= limit.hard[0] && value <= limit.hard[1];
  const more = reaches(digits, limit.hard);
  if (accepted) return more ? "open" : "whole";
  return more ? "partial" : "impossible";
}

/** Whether some digits added behind `digits` give a value in the range. */
function reaches(digits: string, [low, high]: Range): boolean {
  for (let factor = 10; Number(digits) * factor <= high; factor *= 10) {
    const first = Number(digits) * factor;
    if (first + factor - 1 >= low) return true;
  }
  return false;
}

/** The stage of a temperature with one decimal, in either unit; digits as typed, with or without a point. */
export function stageOfTemperature(typed: string, ranges: readonly Range[]): Stage {
  if (typed === "") return "partial";
  const [whole = "", decimals] = typed.split(".");
  const value = Number(typed);
  const accepted = ranges.some(([low, high]) => value >= low && value <= high);
  if (decimals === undefined) {
    const more = ranges.some((range) => reaches(whole, range));
    if (accepted) return "open";
    return more ? "partial" : "impossible";
  }
  if (decimals === "") return accepted ? "open" : "impossible";
  return accepted ? "whole" : "impossible";
}

/** A temperature after one more digit: the decimal point comes by itself where no whole digit can follow. */
export function withDigit(typed: string, digit: string, ranges: readonly Range[]): string {
  const next = typed + digit;
  if (typed.includes(".")) return next;
  const value = Number(next);
  const possible = ranges.some(([low, high]) => value >= Math.floor(low) && value <= high);
  return possible && !ranges.some((range) => reaches(next, range)) ? `${next}.` : next;
}
