/** Which forms a response has for whoever looks at it, and how each stands: what the rail says. */
import { isEmpty, same } from "../../field/values.ts";
import type { Bundle, FormLine } from "../app.ts";
import type { GapRow, LocalEntry, LocalResponse, Today } from "../store/index.ts";

export type RailState = "empty" | "started" | "missing" | "done" | "alarm" | "signed" | "cosign";

/** One form on the rail. */
export interface Stop {
  readonly key: string;
  readonly line: FormLine;
  readonly state: RailState;
  readonly words: string;
  readonly icon: string;
  readonly entries: readonly LocalEntry[];
  readonly summary: string;
  readonly writable: boolean;
  /** Of the most urgent alarm that nobody has acted on. */
  readonly level: string;
}

export interface Stretch {
  readonly title: string;
  readonly stops: readonly Stop[];
}

const ICONS: Readonly<Record<RailState, string>> = {
  empty: "circle-dashed",
  started: "circle-half",
  missing: "alert",
  done: "check-circle",
  alarm: "alarm",
  signed: "signature",
  cosign: "pause",
};
const WORDS: Readonly<Record<RailState, string>> = {
  empty: "Empty",
  started: "Started",
  missing: "missing",
  done: "Done",
  alarm: "Alarm",
  signed: "Signed",
  cosign: "Waits for co-signature",
};

/** An alarm that waits for somebody, by the form it came from. */
export interface Waiting {
  readonly form: string;
  readonly level: string;
}

export function entriesOf(response: LocalResponse, form: string): LocalEntry[] {
  return response.entries.filter((entry) => entry.form === form);
}

/** What the server missed when last asked, without what was filled in here since. */
export function gapsLeft(response: LocalResponse): GapRow[] {
  return response.gaps.filter((gap) => {
    const entry = response.entries.find(
      ({ form, record }) => form === gap.form && (gap.record === null || record === gap.record),
    );
    if (gap.form === "times") return !response.times.some(({ field, at }) => field === gap.field && at);
    // What the server has not looked at since is no gap; a value it knew when it asked for another still is.
    const value = entry?.values[gap.field];
    return isEmpty(value) || same(value, entry?.base[gap.field]);
  });
}

/** The rail: forms of the program that this role reads, by group, without empty groups. */
export function rail(
  bundle: Bundle,
  today: Today,
  response: LocalResponse,
  waiting: readonly Waiting[],
): Stretch[] {
  const gaps = gapsLeft(response).filter(({ blocking }) => blocking);
  const stops = Object.entries(bundle.forms).flatMap(([key, line]) => {
    const entries = entriesOf(response, key);
    const rights = today.forms[key];
    const used = line.programmes.length === 0 || line.programmes.includes(response.programme);
    if (!rights?.read || !used || (!line.offered && entries.length === 0)) return [];
    const missing =
      gaps.filter(({ form }) => form === key).length +
      response.conflicts.filter(({ form }) => form === key).length;
    const level = waiting.find(({ form }) => form === key)?.level ?? "";
    const state = stateOf(entries, missing, level);
    return [
      {
        key,
        line,
        state,
        words: state === "missing" ? `${missing} missing` : WORDS[state],
        icon: ICONS[state],
        entries,
        summary: entries.at(-1)?.summary ?? "",
        writable: rights.write && response.writable && response.signing === null,
        level,
      },
    ];
  });
  const titles = bundle.groups.map((group) => (typeof group === "string" ? group : titleOf(group)));
  return titles
    .map((title) => ({
      title,
      stops: stops
        .filter(({ line }) => line.group === title)
        .sort((one, other) => one.line.order - other.line.order || one.key.localeCompare(other.key)),
    }))
    .filter(({ stops: some }) => some.length > 0);
}

/** The form to open when none was asked for: one with an alarm, else one that misses something, else an empty one. */
export function firstToFill(stretches: readonly Stretch[]): string {
  const stops = stretches.flatMap((stretch) => stretch.stops);
  const open = stops.filter(({ writable }) => writable);
  for (const state of ["alarm", "missing", "empty"] as const) {
    const found = open.find((stop) => stop.state === state);
    if (found) return found.key;
  }
  return (open[0] ?? stops[0])?.key ?? "";
}

function stateOf(entries: readonly LocalEntry[], missing: number, level: string): RailState {
  if (level !== "") return "alarm";
  if (missing > 0) return "missing";
  if (entries.length === 0) return "empty";
  if (entries.some(({ status }) => status === "awaiting_cosign")) return "cosign";
  if (entries.every(({ frozen }) => frozen)) return "signed";
  return entries.some(({ values }) => Object.values(values).some((value) => !isEmpty(value)))
    ? "done"
    : "started";
}

function titleOf(group: unknown): string {
  const named = group as { readonly title?: unknown } | null;
  return typeof named?.title === "string" ? named.title : "";
}
