/** What the keypad shows of a reading: its value as it stands in the form, and the last one as a ghost. */
import type { VitalsEntry } from "./vitals.ts";

export const ORDER = ["hr", "rr", "spo2", "bp", "temp", "glucose", "awake", "pain"] as const;
export type Step = (typeof ORDER)[number];
export type Part = Exclude<Step, "bp"> | "sbp" | "dbp";

/** The fields whose findings a step shows. */
export const JUDGED: Readonly<Record<Step, readonly string[]>> = {
  hr: ["hr"],
  rr: ["rr"],
  spo2: ["spo2"],
  bp: ["sbp", "dbp"],
  temp: ["temp"],
  glucose: ["glucose"],
  awake: ["avpu", "gcs_total"],
  pain: ["pain"],
};

/** The reading in the words of its tile; `half` when a pressure waits for its second number. */
export function shownValue(step: Step, vitals: VitalsEntry, half: boolean): string {
  const raw = (name: string): string => vitals.raw(name);
  switch (step) {
    case "bp": {
      const second = raw("bp_method") === "palpated" ? "P" : raw("dbp");
      if (raw("sbp") === "" && second === "") return half ? "/" : "";
      return `${raw("sbp")}/${second}`;
    }
    case "glucose":
      return raw("glucose_word") || raw("glucose");
    case "awake":
      return alertness(raw("avpu"), vitals.set().gcs_total);
    default:
      return raw(step);
  }
}

/** What the last set said: "last 84". */
export function ghost(step: Step, before: Readonly<Record<string, string | number>>): string {
  const last = lastOf(step, before);
  return last === undefined || last === "" ? "" : `last ${last}`;
}

function lastOf(step: Step, before: Readonly<Record<string, string | number>>): string | number | undefined {
  if (step === "bp") return before.sbp === undefined ? "" : `${before.sbp}/${before.dbp ?? "P"}`;
  if (step === "awake") return alertness(String(before.avpu ?? ""), before.gcs_total);
  if (step === "glucose") return before.glucose_word ?? before.glucose;
  return before[step];
}

function alertness(letter: string, total: unknown): string {
  return [letter, typeof total === "number" ? `GCS ${total}` : ""].filter(Boolean).join(" · ");
}
