/** The middle of the workspace: one form for one record. What stands around its fields is drawn by `around-form.ts`. */
import { bindConflicts } from "../../field/conflicts.ts";
import { bindKeypad } from "../../field/keypad.ts";
import { Sheet } from "../../field/sheet.ts";
import { VitalsEntry } from "../../field/vitals.ts";
import type { Definition } from "../../lib/instrument-definition.ts";
import { markup } from "../../lib/markup.ts";
import type { FormFragment } from "../app.ts";
import { fill, icon, make, need, slot } from "../shell/fill.ts";
import type { LocalEntry } from "../store/index.ts";
import { around } from "./around-form.ts";
import { entriesOf } from "./forms.ts";
import { hydrate } from "./hydrate.ts";
import { contextOf, vitalsData } from "./judge.ts";
import type { Keeper } from "./keeper.ts";
import type { Scene } from "./scene.ts";

export interface OpenForm {
  readonly fragment: FormFragment;
  readonly record: string;
  readonly sheet: Sheet;
  readonly form: HTMLFormElement;
  /** Whether the answers may be typed now. */
  readonly writable: boolean;
  /** Lets the answers be typed, where the role and the record allow it, or only read. */
  allow(writing: boolean): void;
  /** Shows what was read anew: values of others, refusals, conflicts, entries, gaps. */
  update(): void;
}

export interface OpenOptions {
  readonly scene: Scene;
  readonly keeper: Keeper;
  readonly fragment: FormFragment;
  readonly record: string;
  /** What is to be said of the version of the form; "" for the one in use. */
  readonly version: string;
}

export function openForm({ scene, keeper, fragment, record, version }: OpenOptions): OpenForm {
  const { app, main } = scene;
  const { key } = fragment;
  main.replaceChildren(app.part("form_area"));
  slot(main, "icon").append(icon(fragment.icon));
  slot(main, "title").textContent = fragment.title;
  fill(main, { version });
  const form = need<HTMLFormElement>(main, "form.sheet");
  const answers = need<HTMLFieldSetElement>(form, "fieldset.answers");
  Object.assign(form.dataset, { form: key, record });
  form.setAttribute("aria-label", fragment.title);
  form.dataset.current = key;

  const standing = (): LocalEntry | undefined =>
    scene.response.entries.find((entry) => entry.form === key && entry.record === record);
  const first = standing();
  const withheld = (): readonly string[] => scene.today.forms[key]?.withheld ?? [];
  const { kinds, values, learn } = hydrate(
    answers,
    fragment,
    first?.values ?? {},
    withheld(),
    scene.today.options,
    app.zone,
  );
  form.dataset.version = String(first?.version ?? 0);

  // Another page may hold the draft; the role, a signature or a refresh may let it be written, or no longer.
  let here = true;
  const writable = (): boolean =>
    here && scene.writable && (scene.today.forms[key]?.write ?? false) && !standing()?.frozen;
  const permit = (): void => {
    form.dataset.writable = writable() ? "yes" : "no";
    if (answers.disabled === writable()) answers.disabled = !writable();
    bindPad();
  };

  const raise = (due: Map<string, string>): void => {
    scene.alarms.set({ form: key, entry: record, due: standingAlarms(due) });
    scene.showAlarms();
  };
  // What the server has already judged as it stands raises nothing of its own here.
  const standingAlarms = (due: Map<string, string>): Map<string, string> => {
    const entry = standing();
    const settled = entry !== undefined && entry.pending.length === 0 && !entry.local;
    return settled && Object.keys(keeper.unsaved(record)).length === 0 ? new Map() : due;
  };
  const data = {
    values,
    kinds,
    instrument: (fragment.instrument as Definition | null) ?? null,
    context: contextOf(scene.response),
    timed: fragment.timed,
  };
  const sheet = new Sheet(form, keeper, app.zone, raise, data);
  if (first) keeper.refuse(record, first.refused, first.values);

  let vitals: VitalsEntry | null = null;
  let padded = false;
  /** The keypad, once the limits it goes by are here and the form may be written. */
  function bindPad(): void {
    if (key !== "vitals") return;
    const limits = vitals ? null : vitalsData(scene.today, scene.response, record);
    if (limits) vitals = new VitalsEntry(form, limits, app.zone, raise);
    const place = slot(main, "keypad");
    place.hidden = !writable();
    if (!vitals || padded || !fragment.keypad || !writable()) return;
    padded = true;
    place.innerHTML = markup(fragment.keypad);
    const opener = make("button", "btn btn-primary btn-lg keypad-open");
    opener.type = "button";
    opener.dataset.keypadOpen = "";
    opener.append(icon("hash"), " Enter by keypad");
    place.prepend(opener);
    bindKeypad(vitals, scene.alarms, () => sheet.stamp());
  }

  bindConflicts(
    {
      settle: async (conflict, keep) => {
        await scene.commit({
          type: "conflict.settle",
          record,
          form: { key, sha: fragment.sha },
          payload: { conflict, keep },
        });
        settled.add(conflict);
        return { kind: "ok", body: null };
      },
    },
    () => void scene.refresh(),
    main,
  );
  removal(scene, fragment, record, main);

  const update = (): void => {
    learn(scene.today.options, withheld());
    permit();
    const entry = standing();
    if (entry) {
      keeper.open({
        form: key,
        record,
        version: entry.version,
        values: pick(entry.values, kinds),
        stamped: !("happened_at" in kinds),
      });
      sheet.saved({
        version: Math.max(1, entry.version),
        values: pick(entry.values, kinds),
        clashes: [],
        received_at: "",
      });
      keeper.refuse(record, entry.refused, entry.values);
    }
    around(scene, fragment, record, writable(), entry, settled);
  };
  permit();
  around(scene, fragment, record, writable(), first, settled);
  return {
    fragment,
    record,
    sheet,
    form,
    update,
    get writable() {
      return writable();
    },
    allow: (writing) => {
      here = writing;
      permit();
    },
  };
}

/** Conflicts settled on this page whose settlement the store may not show yet. */
const settled = new Set<string>();

function pick(values: LocalEntry["values"], kinds: Readonly<Record<string, string>>): LocalEntry["values"] {
  return Object.fromEntries(Object.keys(kinds).map((name) => [name, values[name] ?? null]));
}

function removal(scene: Scene, fragment: FormFragment, record: string, main: HTMLElement): void {
  need(main, "[data-remove-entry]").addEventListener("click", async () => {
    await scene.commit({
      type: "draft.discard",
      record,
      form: { key: fragment.key, sha: fragment.sha },
      payload: {},
    });
    scene.app.announce("Taken out. Its history stays.");
    const left = entriesOf(scene.response, fragment.key).filter((entry) => entry.record !== record);
    scene.go(`#/r/${scene.encounter}/${fragment.key}/${left.at(-1)?.record ?? ""}`.replace(/\/$/, ""));
  });
}
