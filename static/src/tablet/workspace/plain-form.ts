/** A small form of the tablet's own (a call, a new person, the response): typed, read at once, and a record only then. */
import { now } from "../../field/clock.ts";
import { fieldBlock, readField, writeField } from "../../field/fields.ts";
import { bindMoments, showMoments } from "../../field/moment.ts";
import { bindShowing } from "../../field/showing.ts";
import { isEmpty, type Values } from "../../field/values.ts";
import { bindRows } from "../../lib/rows.ts";
import type { FormFragment } from "../app.ts";
import type { Today } from "../store/index.ts";
import { hydrate } from "./hydrate.ts";

export interface PlainForm {
  /** Every field as it stands. */
  read(): Values;
  /** What differs from what it began with. */
  changed(): Values;
}

/** It begins with `values`; what was `typed` in it before and is no record yet stands over them. */
export function plainForm(
  place: HTMLElement,
  fragment: FormFragment,
  values: Values,
  today: Today,
  zone: string,
  typed: Values = {},
): PlainForm {
  const { kinds } = hydrate(place, fragment, values, [], today.options, zone);
  place.dataset.zone = zone;
  bindMoments();
  bindRows(place);
  const read = (): Values =>
    Object.fromEntries(
      Object.entries(kinds).flatMap(([name, kind]) => {
        const block = fieldBlock(place, name);
        return block ? [[name, readField(block, kind, zone)]] : [];
      }),
    );
  const begun = read();
  for (const [name, value] of Object.entries(typed)) {
    const block = fieldBlock(place, name);
    if (block) writeField(block, kinds[name] ?? "text", value, zone);
  }
  showMoments(place);
  bindShowing(place, kinds, zone);
  place.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const block = target?.closest<HTMLElement>("[data-field]");
    if (!block || !target) return;
    if (target.closest("button[data-now]")) writeField(block, "datetime", now().toISOString(), zone);
    if (target.closest("[data-clear]"))
      writeField(block, kinds[block.dataset.field ?? ""] ?? "text", null, zone);
  });
  return {
    read,
    changed: () =>
      Object.fromEntries(
        Object.entries(read()).filter(
          ([name, value]) => JSON.stringify(value) !== JSON.stringify(begun[name]),
        ),
      ),
  };
}

/** What is filled in, without what stayed empty. */
export function filled(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}
