/**
 * Scores an answer sheet on the tablet, at once and with no signal. `mih/instruments/engine.py` is the authority:
 * the server scores again, and generated answers hold the two engines equal. The rules are told there.
 */
import { type ItemError, pointsOn, readAnswer, unknownItem } from "./instrument-answers.ts";
import { holds, type Known } from "./instrument-conditions.ts";
import { type Definition, type Item, type Level, type Scale, say } from "./instrument-definition.ts";

export type { ItemError } from "./instrument-answers.ts";
export type { Condition, Definition, Item, Level, Value } from "./instrument-definition.ts";

export type Answers = Readonly<Record<string, unknown>>;

/** `sex` ("male" or "female"), `age` in years, `pregnant`, `language`. */
export type Context = Readonly<Record<string, unknown>>;

export interface ScaleResult {
  readonly value: number | null;
  readonly band: string | null;
  readonly label: string | null;
}

export interface Result {
  readonly instrument: string;
  readonly version: number;
  readonly status: "not_started" | "incomplete" | "complete";
  readonly total: number | null;
  readonly band: string | null;
  readonly band_label: string | null;
  readonly parts: Readonly<Record<string, number>>;
  readonly scales: Readonly<Record<string, ScaleResult>>;
  readonly flags: readonly { readonly code: string; readonly level: Level; readonly text: string }[];
  readonly notes: readonly { readonly key: string; readonly text: string }[];
  readonly visible: readonly string[];
  readonly missing: readonly string[];
  readonly ignored: readonly string[];
  readonly errors: readonly ItemError[];
}

interface Sheet {
  readonly definition: Definition;
  readonly language: string;
  readonly known: Known;
  readonly visible: Item[];
  readonly ignored: string[];
  readonly errors: ItemError[];
  started: boolean;
}

const NOTHING: ScaleResult = { value: null, band: null, label: null };

export function score(definition: Definition, answers: Answers, context: Context = {}): Result {
  const sheet: Sheet = {
    definition,
    language: typeof context.language === "string" ? context.language : "en",
    known: {
      item: new Map(),
      points: new Map(),
      scale: new Map(),
      band: new Map(),
      context: new Map(Object.entries(context)),
    },
    visible: [],
    ignored: [],
    errors: [],
    started: false,
  };
  takeAnswers(sheet, answers);
  givePoints(sheet);
  const worked = Object.fromEntries(definition.scales.map((scale) => [scale.key, scaleResult(sheet, scale)]));

  const faulty = new Set(sheet.errors.map((error) => error.item));
  const open = sheet.visible.some((item) => unanswered(sheet, item));
  const status = sheet.started ? (open ? "incomplete" : "complete") : "not_started";
  const notes = definition.notes.filter((note) => holds(note.when, sheet.known));
  const unfit = notes.some((note) => note.no_score);
  const scales: Record<string, ScaleResult> = unfit
    ? Object.fromEntries(Object.keys(worked).map((key) => [key, NOTHING]))
    : worked;
  const primary = (status === "complete" && scales[definition.primary]) || NOTHING;
  return {
    instrument: definition.key,
    version: definition.version,
    status,
    total: definition.has_total ? primary.value : null,
    band: primary.band,
    band_label: primary.label,
    parts: unfit ? {} : Object.fromEntries(sheet.known.points),
    scales,
    flags: unfit ? [] : raisedFlags(sheet),
    notes: notes.map(({ key, text }) => ({ key, text: say(text, sheet.language) })),
    visible: sheet.visible.map((item) => item.key),
    missing: sheet.visible
      .filter(({ key, required }) => required && !sheet.known.item.has(key) && !faulty.has(key))
      .map((item) => item.key),
    ignored: sheet.ignored,
    errors: sheet.errors,
  };
}

/** The answers are read in the order of the questions, so that a hidden answer never shows a later question. */
function takeAnswers(sheet: Sheet, answers: Answers): void {
  const { definition, known } = sheet;
  for (const item of definition.items) {
    const answer = readAnswer(definition, item, answers[item.key]);
    if (!holds(item.show_when, known)) {
      if (answer !== undefined) sheet.ignored.push(item.key);
      continue;
    }
    sheet.visible.push(item);
    if (answer === undefined) {
      if (item.default !== undefined) known.item.set(item.key, item.default);
      continue;
    }
    if ("error" in answer) sheet.errors.push(answer.error);
    else known.item.set(item.key, answer.value);
    sheet.started ||= "error" in answer || answer.value !== item.default;
  }
  const keys = new Set(definition.items.map((item) => item.key));
  for (const key of Object.keys(answers).sort()) {
    if (!keys.has(key)) sheet.errors.push(unknownItem(definition, key));
  }
}

function givePoints({ visible, known }: Sheet): void {
  for (const item of visible) {
    const value = known.item.get(item.key);
    if (value === undefined || !item.scored) continue;
    if (typeof value === "number" && item.type === "number") {
      const table = item.tables?.find(({ when }) => holds(when, known));
      if (table !== undefined) known.points.set(item.key, pointsOn(table.rungs, value));
    } else {
      const option = item.options?.find((one) => one.value === value);
      if (option !== undefined) known.points.set(item.key, option.points);
    }
  }
}

/** Whether a required question still stands open, or a reading cannot be turned into points yet. */
function unanswered({ known }: Sheet, item: Item): boolean {
  return item.required && !(item.scored ? known.points : known.item).has(item.key);
}

function scaleResult(sheet: Sheet, scale: Scale): ScaleResult {
  const items = sheet.visible.filter((item) => scale.items.includes(item.key));
  if (!sheet.started || items.some((item) => unanswered(sheet, item))) return NOTHING;
  const points = items.flatMap((item) => sheet.known.points.get(item.key) ?? []);
  const value = scaleValue(sheet, scale, points);
  sheet.known.scale.set(scale.key, value);
  const band = scale.bands.find(
    ({ from, to, when }) => from <= value && value <= to && holds(when, sheet.known),
  );
  if (band === undefined) return { value, band: null, label: null };
  sheet.known.band.set(scale.key, band.key);
  return { value, band: band.key, label: say(band.label, sheet.language) };
}

function scaleValue({ known }: Sheet, scale: Scale, points: readonly number[]): number {
  if (scale.kind === "sum") return points.reduce((sum, one) => sum + one, 0);
  if (scale.kind === "max") return Math.max(0, ...points);
  if (scale.kind === "count") return points.filter((one) => one > 0).length;
  const rung = scale.rungs?.find(({ when }) => holds(when, known));
  if (rung === undefined) throw new RangeError("The last rung of a ladder must hold always.");
  return rung.value;
}

function raisedFlags({ definition, known, language }: Sheet): Result["flags"] {
  const raised = new Map<string, Result["flags"][number]>();
  for (const { code, level, text, when, unless = [] } of definition.flags) {
    if (holds(when, known) && !unless.some((other) => raised.has(other))) {
      raised.set(code, { code, level, text: say(text, language) });
    }
  }
  return [...raised.values()];
}
