/** The middle of the workspace: one form for one record, what is asked about it, and its other entries. */

import { bindConflicts } from "../../field/conflicts.ts";
import { bindKeypad } from "../../field/keypad.ts";
import { Sheet } from "../../field/sheet.ts";
import { VitalsEntry } from "../../field/vitals.ts";
import type { Definition } from "../../lib/instrument-definition.ts";
import { markup } from "../../lib/markup.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { FormFragment } from "../app.ts";
import { icon, make, need, slot } from "../shell/fill.ts";
import type { LocalEntry } from "../store/index.ts";
import { conflictCard } from "./conflict-card.ts";
import { entriesOf, gapsLeft } from "./forms.ts";
import { hydrate } from "./hydrate.ts";
import { contextOf, vitalsData } from "./judge.ts";
import type { Keeper } from "./keeper.ts";
import type { Scene } from "./scene.ts";

export interface OpenForm {
  readonly fragment: FormFragment;
  readonly record: string;
  readonly sheet: Sheet;
  readonly form: HTMLFormElement;
  /** Lets the answers be typed, or only read. */
  allow(writing: boolean): void;
  /** Shows what was read anew: values of others, refusals, conflicts, entries, gaps. */
  update(): void;
}

export interface OpenOptions {
  readonly scene: Scene;
  readonly keeper: Keeper;
  readonly fragment: FormFragment;
  readonly record: string;
}

export function openForm({ scene, keeper, fragment, record }: OpenOptions): OpenForm {
  const { app, main } = scene;
  const { key } = fragment;
  main.replaceChildren(app.part("form_area"));
  slot(main, "icon").append(icon(fragment.icon));
  slot(main, "title").textContent = fragment.title;
  const form = need<HTMLFormElement>(main, "form.sheet");
  const answers = need<HTMLFieldSetElement>(form, "fieldset.answers");
  Object.assign(form.dataset, { form: key, record });
  form.setAttribute("aria-label", fragment.title);
  form.dataset.current = key;

  const rights = scene.today.forms[key];
  const standing = (): LocalEntry | undefined =>
    scene.response.entries.find((entry) => entry.form === key && entry.record === record);
  const first = standing();
  const writable = scene.writable && (rights?.write ?? false) && !first?.frozen;
  const { kinds, values } = hydrate(
    answers,
    fragment,
    first?.values ?? {},
    rights?.withheld ?? [],
    scene.today.options,
    app.zone,
  );
  form.dataset.version = String(first?.version ?? 0);
  form.dataset.writable = writable ? "yes" : "no";
  answers.disabled = !writable;
  if (fragment.keypad && writable) {
    const place = slot(main, "keypad");
    place.innerHTML = markup(fragment.keypad);
    const opener = make("button", "btn btn-primary btn-lg keypad-open");
    opener.type = "button";
    opener.dataset.keypadOpen = "";
    opener.append(icon("hash"), " Enter by keypad");
    place.prepend(opener);
  }

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
  const limits = key === "vitals" ? vitalsData(scene.today, scene.response, record) : null;
  const vitals = limits ? new VitalsEntry(form, limits, app.zone, raise) : null;
  if (vitals && writable) bindKeypad(vitals, scene.alarms, () => sheet.stamp());
  if (fragment.keypad && !vitals) slot(main, "keypad").replaceChildren();

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
    around(scene, fragment, record, writable, entry);
  };
  around(scene, fragment, record, writable, first);
  return {
    fragment,
    record,
    sheet,
    form,
    update,
    allow: (writing) => {
      answers.disabled = !(writing && writable);
      form.dataset.writable = writing && writable ? "yes" : "no";
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
    scene.app.go(`#/r/${scene.encounter}/${fragment.key}/${left.at(-1)?.record ?? ""}`.replace(/\/$/, ""));
  });
}

/** What stands above and below the fields. */
function around(
  scene: Scene,
  fragment: FormFragment,
  record: string,
  writable: boolean,
  entry: LocalEntry | undefined,
): void {
  const { main, app, response } = scene;
  const { key } = fragment;
  const line = scene.bundle.forms[key];
  const open = response.conflicts.filter(
    (one) => one.form === key && one.entry === record && !settled.has(one.id),
  );
  const conflicts = slot(main, "conflicts");
  if (conflicts.dataset.shown !== open.map(({ id }) => id).join()) {
    conflicts.dataset.shown = open.map(({ id }) => id).join();
    conflicts.replaceChildren(
      ...open.map((one) => conflictCard(app, one, narrative(fragment, one.field), writable)),
    );
  }
  const change = need<HTMLAnchorElement>(main, "[data-change-person]");
  change.hidden = !(key === "person" && writable);
  change.href = `#/whom/${scene.encounter}`;
  const chips = need(main, "[data-entries]");
  chips.hidden = !line?.repeatable;
  if (line?.repeatable) drawEntries(chips, scene, key, record, line.add_label, writable);
  drawGaps(slot(main, "gaps"), scene, key);
  slot(main, "foot").hidden =
    !writable || !entry || ["person", "contact", "approach"].includes(key) || entry.frozen;
  const note = slot(main, "read_only");
  note.hidden = writable;
  if (!writable) {
    const why = entry?.frozen
      ? "Signed. What is learned later is added below the signed record."
      : response.signing
        ? "Signed on this tablet. What is learned later is added as an addendum."
        : "Your role reads this section; a member of the crew whose role writes it fills it in.";
    note.replaceChildren(icon("lock"), ` ${why}`);
  }
}

function narrative(fragment: FormFragment, field: string): boolean {
  return (
    fragment.kinds[field] === "text" && new RegExp(`<textarea[^>]*name="${field}"`, "i").test(fragment.html)
  );
}

function drawEntries(
  chips: HTMLElement,
  scene: Scene,
  key: string,
  record: string,
  label: string,
  writable: boolean,
): void {
  const entries = entriesOf(scene.response, key);
  const made: HTMLElement[] = entries.map((entry) => {
    const chip = make("a", "entry-chip");
    chip.href = `#/r/${scene.encounter}/${key}/${entry.record}`;
    chip.dataset.entry = entry.record;
    if (entry.record === record) chip.setAttribute("aria-current", "true");
    const at = new Date(entry.happened_at ?? entry.recorded_at);
    chip.append(
      make("strong", "", Number.isNaN(at.getTime()) ? "" : hoursAndMinutes(at, scene.app.zone)),
      " ",
      make("span", "", entry.summary),
    );
    return chip;
  });
  if (!entries.some((entry) => entry.record === record)) {
    const fresh = make("span", "entry-chip entry-new");
    fresh.setAttribute("aria-current", "true");
    fresh.append(icon("plus"), " New entry");
    made.push(fresh);
  }
  if (writable) {
    const another = make("a", "btn btn-outline-primary");
    another.href = `#/r/${scene.encounter}/${key}/${uuid7()}`;
    another.dataset.addEntry = "";
    another.append(icon("plus"), ` ${label || "Add another"}`);
    made.push(another);
  }
  chips.replaceChildren(...made);
}

function drawGaps(place: HTMLElement, scene: Scene, key: string): void {
  const gaps = gapsLeft(scene.response).filter(({ form }) => form === key);
  const blocking = gaps.filter((gap) => gap.blocking).length;
  const advice = gaps.length - blocking;
  const open = place.querySelector("details")?.open ?? false;
  place.replaceChildren();
  if (gaps.length === 0) return;
  const box = make("details", "gaps");
  box.id = "gaps";
  box.open = open;
  Object.assign(box.dataset, { missing: String(blocking), advice: String(advice) });
  const words = [
    blocking > 0 ? `${blocking} ${blocking === 1 ? "thing" : "things"} missing here before signing` : "",
    advice > 0 ? `${advice} ${advice === 1 ? "piece" : "pieces"} of advice` : "",
  ];
  const head = make("summary");
  head.append(icon(blocking > 0 ? "alert" : "info"), ` ${words.filter(Boolean).join(", and ")}`);
  const list = make("ul", "mb-0");
  list.append(...gaps.map((gap) => make("li", "", `${gap.blocking ? "" : "Advice: "}${gap.sentence}`)));
  box.append(head, list);
  place.append(box);
}
