/**
 * What one entry's answers raise before the server has seen them: the flags of its instrument, or the alarms of a set of
 * vital signs, by code, each with its message.
 */
import type { Values } from "../../field/values.ts";
import { setOf, type VitalsData } from "../../field/vitals.ts";
import type { Definition } from "../../lib/instrument-definition.ts";
import { score } from "../../lib/instruments.ts";
import { alarmsDue } from "../../lib/vitals-scores.ts";
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { FormFragment } from "../app.ts";
import type { LocalEntry, LocalResponse, Today } from "../store/index.ts";

export type Context = Readonly<Record<string, unknown>>;

const KEPT = [
  "hr",
  "rr",
  "spo2",
  "sbp",
  "dbp",
  "bp_method",
  "temp",
  "glucose",
  "glucose_word",
  "avpu",
  "gcs_total",
  "pain",
] as const;

/** The alarms an entry raises by itself. */
export function due(
  entry: Pick<LocalEntry, "values">,
  fragment: FormFragment,
  context: Context,
  vitals: VitalsData | null,
  zone: string,
): Map<string, string> {
  const { values } = entry;
  const at = Date.parse(String(values.happened_at ?? ""));
  const when = Number.isNaN(at) ? "" : hoursAndMinutes(new Date(at), zone);
  if (fragment.instrument) {
    const definition = fragment.instrument as Definition;
    const keys = definition.items.map(({ key }) => key).filter((key) => !nothing(values[key]));
    const found = score(definition, Object.fromEntries(keys.map((key) => [key, values[key]])), context);
    return new Map(found.flags.map(({ code, text }) => [code, when === "" ? text : `${text} (${when})`]));
  }
  if (fragment.key !== "vitals" || !vitals) return new Map();
  if (values.before_arrival === true && !vitals.alarmsBeforeArrival) return new Map();
  const around = {
    onOxygen: yes(values.on_oxygen),
    newConfusion: yes(values.new_confusion),
    scale2: values.scale2_ordered === true,
  };
  return alarmsDue(
    setOf((name) => text(values, name), vitals.limits),
    around,
    vitals,
    when,
  );
}

/** What the tablet judges vital signs by; null when no pull has brought it. `record` is the set that stands open. */
export function vitalsData(
  today: Pick<Today, "policies">,
  response: LocalResponse,
  record: string,
): VitalsData | null {
  const { vitals, scoring } = today.policies as Record<string, unknown>;
  if (!vitals || !scoring) return null;
  return {
    ...(scoring as Omit<VitalsData, "limits" | "context" | "before">),
    limits: vitals as VitalsData["limits"],
    context: contextOf(response),
    before: before(response, record),
  };
}

/** The person as scoring asks: what the server said, with what was learned here since. */
export function contextOf(response: LocalResponse, now: Date = new Date()): Context {
  const known: Record<string, unknown> = { ...response.context };
  const person = latest(response, "person");
  if (person?.sex === "male" || person?.sex === "female") known.sex = person.sex;
  const age = ageOf(person, now);
  if (age !== null) known.age = age;
  const pregnant = latest(response, "medical")?.pregnant;
  if (typeof pregnant === "boolean") known.pregnant = pregnant;
  const rate = Number(readings(response)?.hr ?? Number.NaN);
  if (!Number.isNaN(rate) && rate > 0) known.hr = rate;
  return known;
}

function ageOf(person: Values | null, now: Date): number | null {
  const born = /^(\d{4})-(\d{2})-(\d{2})$/.exec(String(person?.birth_date ?? ""));
  if (born) {
    const [year, month, day] = born.slice(1).map(Number) as [number, number, number];
    const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
    return now.getFullYear() - year - (before ? 1 : 0);
  }
  const estimated = Number.parseInt(String(person?.estimated_age ?? ""), 10);
  return Number.isNaN(estimated) ? null : estimated;
}

function latest(response: LocalResponse, form: string): Values | null {
  return response.entries.findLast((entry) => entry.form === form)?.values ?? null;
}

function readings(response: LocalResponse): Values | null {
  return (
    response.entries.findLast(({ form, values }) => form === "vitals" && !nothing(values.hr))?.values ?? null
  );
}

/** The latest known reading of each kind in the sets older than `record`. */
function before(response: LocalResponse, record: string): Record<string, string | number> {
  const known: Record<string, string | number> = {};
  for (const entry of response.entries) {
    if (entry.record === record) break;
    if (entry.form !== "vitals") continue;
    for (const name of KEPT) {
      const value = entry.values[name];
      if ((typeof value === "string" && value !== "") || typeof value === "number") known[name] = value;
    }
  }
  return known;
}

export function nothing(value: unknown): boolean {
  return value === null || value === undefined || value === "";
}

function yes(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

function text(values: Values, name: string): string {
  const value = values[name];
  return nothing(value) ? "" : String(value);
}
