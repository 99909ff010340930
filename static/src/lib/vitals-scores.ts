/** GCS, NEWS2 and the alarms of one set of vital signs, as `mih/assessments` works them out, before the server answers. */
import { type Context, type Definition, score } from "./instruments.ts";
import { alarmsOf, type Limits, type Vitals } from "./vitals-limits.ts";

export interface Scoring {
  readonly limits: Limits;
  readonly gcs: Definition;
  readonly news2: Definition;
  readonly context: Context;
}

/** What else of a set the scores ask: oxygen, alertness, and whether SpO2 scale 2 was ordered. */
export interface Around {
  readonly onOxygen: boolean | null;
  readonly newConfusion: boolean | null;
  readonly scale2: boolean;
}

const PARTS = { eye: "gcs_eye", verbal: "gcs_verbal", motor: "gcs_motor" } as const;

/** The sum of all three parts; null with fewer. */
export function gcsTotal(vitals: Vitals): number | null {
  const parts = Object.values(PARTS).map((name) => vitals[name]);
  return parts.every((part) => typeof part === "number")
    ? (parts as number[]).reduce((one, other) => one + other, 0)
    : null;
}

/** Consciousness as NEWS2 asks for it: C is new confusion in somebody otherwise alert. */
export function acvpu(vitals: Vitals, newConfusion: boolean | null): string | null {
  const letter = vitals.avpu;
  if (letter === "V" || letter === "P" || letter === "U") return letter;
  if (newConfusion) return "C";
  if (letter === "A") return "A";
  return gcsTotal(vitals) === 15 ? "A" : null;
}

/** Alarms that a set raises, by code, each with its message; `when` is the time it was taken, "13:15". */
export function alarmsDue(
  vitals: Vitals,
  around: Around,
  scoring: Scoring,
  when: string,
): Map<string, string> {
  const at = when === "" ? "" : ` (${when})`;
  const due = new Map<string, string>();
  for (const [code, behind] of alarmsOf(withTotal(vitals), scoring.limits)) due.set(code, `${behind}${at}`);
  const parts = Object.entries(PARTS).flatMap(([key, name]) =>
    typeof vitals[name] === "number" ? [[key, vitals[name]]] : [],
  );
  const coma = score(scoring.gcs, Object.fromEntries(parts));
  for (const flag of coma.flags) due.set(flag.code, `GCS ${coma.total}${at}`);
  for (const [code, message] of earlyWarning(vitals, around, scoring, at)) due.set(code, message);
  return due;
}

/** The set with its GCS total, which has limits of its own. */
export function withTotal(vitals: Vitals): Vitals {
  const total = gcsTotal(vitals);
  return total === null ? vitals : { ...vitals, gcs_total: total };
}

function earlyWarning(vitals: Vitals, around: Around, scoring: Scoring, at: string): [string, string][] {
  const oxygen = around.onOxygen ?? Boolean(vitals.o2_flow);
  const asked: Record<string, unknown> = {
    rr: vitals.rr,
    spo2: vitals.spo2,
    sbp: vitals.sbp || null,
    hr: vitals.hr || null,
    acvpu: acvpu(vitals, around.newConfusion),
    temp: vitals.temp,
  };
  const known = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined);
  if (known.length === 0) return [];
  const answers = {
    ...Object.fromEntries(known),
    scale: around.scale2 ? 2 : 1,
    o2: oxygen ? "oxygen" : "air",
  };
  const result = score(scoring.news2, answers, scoring.context);
  if (result.notes.length > 0) return [];
  const total = result.total === null ? "NEWS2, still incomplete" : `NEWS2 ${result.total}`;
  const high = scoring.news2.items
    .filter((item) => result.parts[item.key] === 3)
    .map((item) => item.key.toUpperCase())
    .join(", ");
  const message = `${total}${at}${high ? `: 3 points for ${high}` : ""}`;
  return result.flags.map((flag) => [flag.code, message]);
}
