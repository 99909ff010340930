/** A form as everybody gets it, made into one person's: what the role may not see goes, the answers are filled in. */

import { fieldBlock, writeField } from "../../field/fields.ts";
import { isEmpty, type Values } from "../../field/values.ts";
import { markup } from "../../lib/markup.ts";
import type { FormFragment } from "../app.ts";
import type { Choice } from "../store/index.ts";

const FIELDS = "[data-field], [data-item]";

type Options = Readonly<Record<string, readonly Choice[]>>;

export interface Hydrated {
  readonly kinds: Readonly<Record<string, string>>;
  readonly values: Values;
  /** Takes over what a refresh brought while the form stands open: longer lists, fields this role may not see. */
  learn(options: Options, withheld: readonly string[]): void;
}

/**
 * Puts the fields of `form` into `place`, without those `withheld`, with `values` in them. Gives back the fields and the
 * values that stand there. `options` are the lists of this agency that a form names instead of holding.
 */
export function hydrate(
  place: HTMLElement,
  form: FormFragment,
  values: Values,
  withheld: readonly string[],
  options: Options,
  zone: string,
): Hydrated {
  place.innerHTML = markup(form.html);
  const gone = [...withheld, ...(form.unasked ?? []).filter((name) => !(name in values))];
  takeOut(place, gone);
  fillLists(place, form, options);
  const kinds: Record<string, string> = {};
  const shown: Values = {};
  for (const [name, kind] of Object.entries(form.kinds)) {
    const block = fieldBlock(place, name);
    if (gone.includes(name)) continue;
    kinds[name] = kind;
    const value = values[name] ?? (form.defaults[name] as Values[string]) ?? null;
    shown[name] = values[name] ?? null;
    if (!block) continue;
    if (typeof value === "string") keepChoice(block, value);
    writeField(block, kind, value, zone);
  }
  const learn = (now: Options, hidden: readonly string[]): void => {
    takeOut(place, hidden);
    for (const name of hidden) delete kinds[name];
    fillLists(place, form, now);
  };
  return { kinds, values: shown, learn };
}

/** Without the fields named, and without the parts that this leaves empty. */
function takeOut(place: HTMLElement, names: readonly string[]): void {
  for (const name of names) fieldBlock(place, name)?.remove();
  for (const part of Array.from(place.querySelectorAll("fieldset")).reverse())
    if (part.closest(FIELDS) === null && part.querySelector(FIELDS) === null) part.remove();
}

function fillLists(place: HTMLElement, form: FormFragment, options: Options): void {
  for (const [field, list] of Object.entries(form.options)) {
    const block = fieldBlock(place, field);
    for (const select of selects(block)) addAll(select, options[list] ?? []);
  }
  for (const select of selects(place)) {
    const list = select.dataset.options;
    if (list) addAll(select, options[list] ?? []);
  }
}

/** Selects under `root`, those in the mould of a table's line too. */
function selects(root: HTMLElement | null): HTMLSelectElement[] {
  if (!root) return [];
  const inside = Array.from(root.querySelectorAll("template")).flatMap((mould) =>
    Array.from(mould.content.querySelectorAll<HTMLSelectElement>("select[data-options]")),
  );
  return [...root.querySelectorAll<HTMLSelectElement>("select[data-options]"), ...inside];
}

/** Adds what is missing; a choice that only stood in for its name gets it. */
function addAll(select: HTMLSelectElement, choices: readonly Choice[]): void {
  const there = new Map(Array.from(select.options, (option) => [option.value, option]));
  for (const { value, label } of choices) {
    const known = there.get(value);
    if (!known) select.add(new Option(label, value));
    else if (known.label === value && value !== "") known.label = known.text = label;
  }
}

/** A value that is not among the choices (any more) stays a choice, so that showing it does not lose it. */
function keepChoice(block: HTMLElement, value: string): void {
  const select = block.querySelector<HTMLSelectElement>(":scope > select, fieldset > select, select[name]");
  if (!select || isEmpty(value) || select.closest("[data-rows]")) return;
  if (!Array.from(select.options).some((option) => option.value === value))
    select.add(new Option(value, value));
}
