/** Reading one answer; `mih/instruments/answers.py` is the authority, to the letter of each sentence. */
import { type Definition, type Item, type Rung, say, type Value } from "./instrument-definition.ts";

export interface ItemError {
  readonly item: string;
  readonly code: "not_an_option" | "not_a_number" | "out_of_range" | "too_precise" | "unknown_item";
  readonly message: string;
}

export type Reading = { readonly value: Value } | { readonly error: ItemError } | undefined;

const WHOLE = /^-?[0-9]{1,12}$/;
const NUMBER = /^-?[0-9]{1,12}(\.[0-9]{1,12})?$/;
const LARGEST = 1e15; // beyond it Python and the browser no longer write a number alike
const SMALLEST = 0.001;

/** The answer in `raw`, or why it is refused; undefined when unanswered. Nothing is rounded or guessed. */
export function readAnswer(definition: Definition, item: Item, raw: unknown): Reading {
  const given = typeof raw === "string" ? raw.trim() : raw;
  if (given === undefined || given === null || given === "") return undefined;
  return item.type === "number" ? readNumber(item, given) : readOption(definition, item, given);
}

export function unknownItem(definition: Definition, key: string): ItemError {
  return {
    item: key,
    code: "unknown_item",
    message: `${definition.short_title} has no question called ${key}.`,
  };
}

/** The points of the first rung that reaches up to a reading. */
export function pointsOn(rungs: readonly Rung[], reading: number): number {
  const rung = rungs.find(({ to }) => to === undefined || reading <= to);
  if (rung === undefined) throw new RangeError("The last rung must have no upper end.");
  return rung.points;
}

function readOption(definition: Definition, item: Item, raw: unknown): Reading {
  const options = item.options ?? [];
  const numeric = typeof options[0]?.value === "number";
  const value = numeric && typeof raw === "string" && WHOLE.test(raw) ? Number(raw) : raw;
  const option = options.find((one) => one.value === value);
  if (option !== undefined) return { value: option.value };
  const values = options.map((one) => String(one.value));
  const choices = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  const article = "AEIOU".includes(definition.short_title.charAt(0)) ? "an" : "a";
  const wrong = item.scored
    ? `is not ${article} ${definition.short_title} score`
    : "is not one of the choices";
  const message = `${say(item.label)}: ${shown(raw)} ${wrong}. Choose ${choices}.`;
  return { error: { item: item.key, code: "not_an_option", message } };
}

function readNumber(item: Item, raw: unknown): Reading {
  const label = say(item.label);
  const reading = asNumber(raw);
  if (reading === undefined) {
    const message = `${label}: ${shown(raw)} is not a number. Enter a number.`;
    return { error: { item: item.key, code: "not_a_number", message } };
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, also = [], decimals = 0 } = item;
  if (!also.includes(reading) && !(reading >= min && reading <= max)) {
    const range = `${also.map((one) => `${shown(one)} or `).join("")}${shown(min)} to ${shown(max)}`;
    const unit = item.unit ? ` ${item.unit}` : "";
    const message = `${label}: ${shown(reading)} is not possible here. Enter ${range}${unit}.`;
    return { error: { item: item.key, code: "out_of_range", message } };
  }
  if (Number(reading.toFixed(decimals)) !== reading) {
    const precision = decimals === 0 ? "a whole number" : `at most ${decimals} decimal place`;
    const message = `${label}: ${shown(reading)} is too precise. Enter ${precision}.`;
    return { error: { item: item.key, code: "too_precise", message } };
  }
  return { value: reading };
}

function asNumber(raw: unknown): number | undefined {
  if (typeof raw === "string" && NUMBER.test(raw)) return Number(raw);
  return isPlainNumber(raw) ? raw : undefined;
}

function isPlainNumber(value: unknown): value is number {
  return (
    typeof value === "number" && Math.abs(value) < LARGEST && (value === 0 || Math.abs(value) >= SMALLEST)
  );
}

function shown(value: unknown): string {
  if (typeof value === "boolean" || isPlainNumber(value)) return String(value);
  return typeof value === "string" ? value : "this";
}
