/**
 * Is a vital sign possible, expected or critical: `mih/assessments/limits.py` on the tablet, by the same policy and in
 * the same words, so that the crew is told at once and the server agrees. Generated sets hold the two equal.
 */

export interface Limit {
  readonly label: string;
  readonly hard: readonly [number, number];
  readonly decimals: number;
  readonly also?: readonly (number | string)[];
  readonly warn?: readonly [number | null, number | null];
  readonly critical?: {
    readonly at_or_below?: number;
    readonly at_or_above?: number;
    readonly below?: number;
    readonly above?: number;
    readonly words?: readonly string[];
  };
  readonly alarm?: string;
  readonly alarm_when?: "warn" | "critical";
}

/** The `vitals_limits` policy as the page carries it. */
export interface Limits {
  readonly fields: Readonly<Record<string, Limit>>;
  readonly arrest_prompt_when_zero: readonly string[];
  readonly avpu_critical: readonly string[];
  readonly fahrenheit: readonly [number, number];
}

export type Measured = number | string | null | undefined;

/** One set; a palpated pressure has "P" for its diastolic, a meter that reads High or Low the word. */
export type Vitals = Readonly<Record<string, Measured>>;

export interface Finding {
  readonly field: string;
  readonly level: "error" | "confirm" | "critical" | "prompt";
  readonly sentence: string;
}

const AGAIN = "Check the number and enter it again.";

/** Why `value` cannot be true for a field; "" when the field accepts it. */
export function problem(name: string, value: Measured, limits: Limits): string {
  const limit = limits.fields[name];
  if (!limit || value === null || value === undefined || value === "") return "";
  if (limit.also?.includes(value)) return "";
  const accepts = accepted(limit);
  if (typeof value !== "number" || Number.isNaN(value))
    return `${limit.label} must be a number (${accepts}). Enter it again.`;
  const [low, high] = limit.hard;
  if (value > high) return `${limit.label} ${value} is above what this field accepts (${accepts}). ${AGAIN}`;
  if (value < low) return `${limit.label} ${value} is below what this field accepts (${accepts}). ${AGAIN}`;
  if (value !== Number(value.toFixed(limit.decimals))) {
    const kind = limit.decimals === 0 ? "a whole number" : `a number with ${limit.decimals} decimal place`;
    return `${limit.label} ${value} must be ${kind}. ${AGAIN}`;
  }
  return "";
}

/** What a field accepts, in words: `20–300, or 0`. */
export function accepted(limit: Limit): string {
  return [`${limit.hard[0]}–${limit.hard[1]}`, ...(limit.also ?? []).map(String)].join(", or ");
}

/** Everything to say about one field's value, the gravest first. `confirmed` silences the question, nothing else. */
export function findings(name: string, value: Measured, limits: Limits, confirmed = false): Finding[] {
  if (value === null || value === undefined || value === "") return [];
  if (name === "avpu") {
    if (!limits.avpu_critical.includes(String(value))) return [];
    return [{ field: name, level: "critical", sentence: `AVPU ${value} is critical. Act now, recheck.` }];
  }
  const limit = limits.fields[name];
  if (!limit) return [];
  const wrong = problem(name, value, limits);
  if (wrong) return [{ field: name, level: "error", sentence: wrong }];
  const found: Finding[] = [];
  if (value === 0 && limits.arrest_prompt_when_zero.includes(name))
    found.push({
      field: name,
      level: "prompt",
      sentence: `${limit.label} is 0. Is this a cardiac arrest? Start resuscitation.`,
    });
  if (critical(value, limit))
    found.push({
      field: name,
      level: "critical",
      sentence: `${limit.label} ${value} is critical. Act now, recheck.`,
    });
  if (unusual(value, limit) && !confirmed)
    found.push({
      field: name,
      level: "confirm",
      sentence: `${limit.label} ${value} is unusual. Check it, and confirm it if it is right.`,
    });
  return found;
}

/** Why two pressures cannot both be true; "" when they can. */
export function pressureProblem(sbp: Measured, dbp: Measured, limits: Limits): string {
  if (typeof sbp !== "number" || typeof dbp !== "number" || sbp === 0) return "";
  if (problem("sbp", sbp, limits) || problem("dbp", dbp, limits) || dbp < sbp) return "";
  return `Diastolic ${dbp} is not below systolic ${sbp}. Check both numbers and enter them again.`;
}

/** Codes of the alarms that a set's readings raise by themselves, with the readings behind each. */
export function alarmsOf(vitals: Vitals, limits: Limits): Map<string, string> {
  const due = new Set<string>();
  for (const [name, limit] of Object.entries(limits.fields)) {
    const value = vitals[name];
    if (!limit.alarm || value === null || value === undefined || value === "") continue;
    if (problem(name, value, limits)) continue;
    if (critical(value, limit) || (limit.alarm_when === "warn" && unusual(value, limit)))
      due.add(limit.alarm);
  }
  const named = new Map<string, string>();
  for (const code of due) {
    const behind = Object.entries(limits.fields)
      .filter(([name, limit]) => limit.alarm === code && !empty(vitals[name]))
      .map(([name, limit]) => `${limit.label} ${vitals[name]}`);
    named.set(code, behind.join(", "));
  }
  return named;
}

function empty(value: Measured): boolean {
  return value === null || value === undefined || value === "";
}

export function unusual(value: Measured, limit: Limit): boolean {
  if (typeof value !== "number" || !limit.warn) return false;
  const [low, high] = limit.warn;
  return (low !== null && value < low) || (high !== null && value > high);
}

export function critical(value: Measured, limit: Limit): boolean {
  const rule = limit.critical;
  if (!rule || empty(value)) return false;
  if (typeof value !== "number") return rule.words?.includes(String(value)) ?? false;
  return (
    (rule.at_or_below !== undefined && value <= rule.at_or_below) ||
    (rule.at_or_above !== undefined && value >= rule.at_or_above) ||
    (rule.below !== undefined && value < rule.below) ||
    (rule.above !== undefined && value > rule.above)
  );
}

const TEMPERATURE = /^\s*(-?\d+(?:[.,]\d*)?)\s*°?\s*([cf])?\s*$/i;

/** A temperature as typed (`98.6`, `98,6`, `98.6F`, `37 C`) in Celsius to one decimal; null when it is not one. */
export function celsius(typed: string, limits: Limits): number | null {
  const found = TEMPERATURE.exec(typed);
  if (!found) return null;
  const number = Number((found[1] ?? "").replace(",", "."));
  const unit = found[2]?.toUpperCase();
  const [low, high] = limits.fahrenheit;
  const inFahrenheit = unit === "F" || (unit === undefined && low <= number && number <= high);
  // Halves round up, as on the server; the small term keeps 0.05 from being stored as less.
  const exact = inFahrenheit ? ((number - 32) * 5) / 9 : number;
  return Math.sign(exact) * (Math.floor(Math.abs(exact) * 10 + 0.5 + 1e-9) / 10);
}

const PRESSURE = /^\s*(\d{1,4})\s*[/\\-]\s*(\d{1,4}|p)\s*$/i;

/** `120/80` and `120/P` typed into one box: systolic, and diastolic or "P" for palpated. */
export function pressures(typed: string): { readonly sbp: number; readonly dbp: number | "P" } | null {
  const found = PRESSURE.exec(typed);
  if (!found) return null;
  const second = found[2] ?? "";
  return { sbp: Number(found[1]), dbp: /^p$/i.test(second) ? "P" : Number(second) };
}
