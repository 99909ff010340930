/** One line about an entry in the words of its own form, until the server has worded it as it stands. */
import type { Values } from "../../field/values.ts";
import type { Definition } from "../../lib/instrument-definition.ts";
import { score } from "../../lib/instruments.ts";
import type { FormFragment } from "../app.ts";
import { type Context, nothing } from "./judge.ts";
import type { Wording } from "./words.ts";

type Words = Pick<Wording, "label" | "say">;

const LONGEST = 80;
const PARTS = 3;
/** What says when, how or by whom, and nothing of what was found. */
const ASIDE = new Set(["happened_at", "language", "mode"]);
const WORDLESS = new Set(["signature", "rows", "datetime", "date", "time"]);

export function summaryOf(form: FormFragment, wording: Words, values: Values, context: Context): string {
  if (form.instrument) return scored(form.instrument as Definition, wording, values, context);
  if (form.key === "vitals") return vitals(values);
  if (form.key === "person") return named(values);
  const said = Object.keys(form.kinds).flatMap((field) => part(form, wording, field, values));
  return shortened(said.slice(0, PARTS).join(" · "));
}

/** "17 (Moderate withdrawal)", "High risk", "not finished", or why it was not asked. */
function scored(definition: Definition, wording: Words, values: Values, context: Context): string {
  const { outcome } = values;
  if (!nothing(outcome) && outcome !== "answered") return wording.say("outcome", outcome ?? null);
  const answers = definition.items.filter(({ key }) => !nothing(values[key]));
  const found = score(definition, Object.fromEntries(answers.map(({ key }) => [key, values[key]])), context);
  if (found.status === "not_started") return "";
  if (found.band === null && found.total === null)
    return found.status === "complete" ? "no score" : "not finished";
  const label = found.band_label ?? found.band ?? "";
  if (found.total === null) return label;
  return label ? `${found.total} (${label})` : String(found.total);
}

function named({ preferred_name, first_name, last_name }: Values): string {
  return [nothing(preferred_name) ? first_name : preferred_name, last_name]
    .filter((name) => !nothing(name))
    .join(" ");
}

function vitals(values: Values): string {
  const word = (name: string): string => (nothing(values[name]) ? "" : String(values[name]));
  const told = (label: string, name: string, unit = ""): string =>
    word(name) ? `${label} ${word(name)}${unit}` : "";
  return [
    word("sbp") ? `BP ${word("sbp")}/${word("dbp") || "–"}` : "",
    told("HR", "hr"),
    told("RR", "rr"),
    told("SpO2", "spo2", "%"),
    told("glucose", word("glucose_word") ? "glucose_word" : "glucose"),
    told("GCS", "gcs_total"),
  ]
    .filter(Boolean)
    .join(", ");
}

/** What a filled field says: a choice by its label alone, a yes by its question, a number with what it counts. */
function part(form: FormFragment, wording: Words, field: string, values: Values): string[] {
  const kind = form.kinds[field] ?? "text";
  const value = values[field];
  if (ASIDE.has(field) || WORDLESS.has(kind) || nothing(value)) return [];
  if (kind === "yesno") return value === true || value === "true" ? [wording.label(field)] : [];
  const text = wording
    .say(field, value ?? null)
    .replace(/\s+/g, " ")
    .trim();
  if (text === "") return [];
  return [kind === "number" ? counted(wording.label(field), text) : text];
}

/** "16 mg" where the label ends with a unit, else the number behind its label. */
function counted(label: string, number: string): string {
  const unit = /, (mg|mL|mcg|min|hours|days)$/.exec(label)?.[1];
  return unit ? `${number} ${unit}` : `${label} ${number}`;
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST).trimEnd()}…`;
}
