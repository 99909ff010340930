/** What stands between a response and its signature, as far as this tablet knows. */
import type { Json } from "../../field/values.ts";
import type { LocalResponse, UnsentItem } from "../store/index.ts";
import { gapsLeft } from "./forms.ts";
import { momentWords } from "./moments.ts";
import type { ShownEntry } from "./record-view.ts";
import type { Scene } from "./scene.ts";

/** One thing to do before signing, and where. */
export interface Need {
  readonly sentence: string;
  readonly form: string;
  readonly field: string;
  readonly record: string | null;
  readonly kind: "gap" | "refused" | "conflict" | "alarm" | "local" | "task";
  readonly blocking: boolean;
}

/** Without these two nobody may sign, with or without a server. */
const ALWAYS = [
  { form: "disposition", sentence: "The disposition is not documented." },
  { form: "narrative", sentence: "The narrative is not written." },
] as const;

export function needs(scene: Scene, shown: readonly ShownEntry[], unsent: readonly UnsentItem[]): Need[] {
  const { response } = scene;
  const found: Need[] = [];
  const add = (kind: Need["kind"], sentence: string, where: Partial<Need> = {}): void => {
    found.push({ form: "", field: "", record: null, blocking: true, ...where, kind, sentence });
  };
  for (const { entry, wording } of shown)
    for (const [field, sentence] of Object.entries(entry.refused))
      add("refused", `${wording.form.title}, ${wording.label(field)}: ${sentence}`, {
        form: entry.form,
        field,
        record: entry.record,
      });
  for (const conflict of response.conflicts)
    add("conflict", `Two values for “${conflict.label}”: say which one stands.`, {
      form: conflict.form,
      field: conflict.field,
      record: conflict.entry,
    });
  for (const alarm of scene.alarms.waiting())
    if (alarm.level === "red")
      add("alarm", `${alarm.title}: say what was done.`, { form: alarm.form, record: alarm.entry || null });
  const gaps = gapsLeft(response);
  for (const { sentence, form, field, record, blocking } of gaps)
    add("gap", sentence, { form, field, record, blocking });
  for (const { form, sentence } of ALWAYS)
    if (
      scene.bundle.forms[form] &&
      !shown.some(({ entry }) => entry.form === form) &&
      !gaps.some((gap) => gap.form === form && gap.blocking)
    )
      add("local", sentence, { form });
  // The server knows the endings that need nobody; what it has looked at as it stands, it has judged.
  const judged = !response.local && response.pending === 0;
  if (!judged && response.person === null && !gaps.some(({ form }) => form === "person"))
    add("local", "The response names nobody yet. An unknown person is a person too.", { form: "person" });
  for (const item of unsent) {
    if (item.encounter !== response.id || item.type !== "record.sign") continue;
    // What the server missed then is told above as it stands since.
    if (item.state === "missing" && response.fetchedAt && response.fetchedAt > item.at) continue;
    for (const sentence of tasks(item)) add("task", sentence);
  }
  return found;
}

/** What the server asked for when it could not take a signature. */
export function tasks(item: UnsentItem): string[] {
  const { detail } = item;
  if (item.state === "missing") return list(detail.gaps).map((gap) => `The server still misses: ${gap}`);
  if (item.state === "conflict")
    return [
      typeof detail.sentence === "string"
        ? detail.sentence
        : "The record differs from what you signed. Read it again and sign it as it stands now.",
      ...list(detail.differences, "label").map((label) => `Changed since you signed: ${label}`),
    ];
  return item.state === "quarantined" ? [item.words] : [];
}

const RECENT = 15 * 60_000;

/** "Also written on Tablet 9: Cleo Marsh, 14:03."; "" once it has been quiet there. */
export function elsewhereWords(
  elsewhere: NonNullable<LocalResponse["elsewhere"]>,
  now: Date,
  zone: string,
): string {
  const fresh = elsewhere.filter(({ at }) => now.getTime() - Date.parse(at) < RECENT);
  if (fresh.length === 0) return "";
  const told = fresh.map(({ tablet, by, at }) => `${tablet} (${by}, ${momentWords(at, zone, now)})`);
  return `Also written on ${told.join(" and ")}. Both are kept; where they differ you are asked which stands.`;
}

function list(value: Json | undefined, part = "sentence"): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((one) =>
    one !== null && typeof one === "object" && !Array.isArray(one) ? String(one[part] ?? "") : String(one),
  );
}
