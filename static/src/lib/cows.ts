/** What a vital sign says of a sheet; `mih/instruments/cows.py` is the authority. */
import { pointsOn } from "./instrument-answers.ts";
import type { Definition } from "./instrument-definition.ts";

/** Points of an item that may be taken from a vital sign, such as COWS pulse from the heart rate. */
export function derivedPoints(definition: Definition, key: string, reading: number): number {
  const derive = definition.items.find((item) => item.key === key)?.derive;
  if (derive === undefined)
    throw new RangeError(`${definition.short_title}: ${key} is not taken from a vital sign.`);
  return pointsOn(derive.rungs, reading);
}
