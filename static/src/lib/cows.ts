/** What the buprenorphine protocol asks of a COWS sheet; `mih/instruments/cows.py` is the authority. */
import { pointsOn, readAnswer } from "./instrument-answers.ts";
import type { Definition } from "./instrument-definition.ts";
import type { Answers } from "./instruments.ts";

/** The items whose points reach their threshold; an item without a threshold never counts. */
export function objectiveSigns(
  cows: Definition,
  answers: Answers,
  thresholds: Readonly<Record<string, number | null>>,
): string[] {
  return cows.items
    .filter((item) => {
      const answer = readAnswer(cows, item, answers[item.key]);
      const threshold = thresholds[item.key] ?? Number.POSITIVE_INFINITY;
      return (
        answer !== undefined &&
        "value" in answer &&
        typeof answer.value === "number" &&
        answer.value >= threshold
      );
    })
    .map((item) => item.key);
}

/** Points of an item that may be taken from a vital sign, such as COWS pulse from the heart rate. */
export function derivedPoints(definition: Definition, key: string, reading: number): number {
  const derive = definition.items.find((item) => item.key === key)?.derive;
  if (derive === undefined)
    throw new RangeError(`${definition.short_title}: ${key} is not taken from a vital sign.`);
  return pointsOn(derive.rungs, reading);
}
