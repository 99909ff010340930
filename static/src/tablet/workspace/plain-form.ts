/** A small form of the tablet's own (a call, a new person, the response): typed, read at once, and kept only then. */
import { now } from "../../field/clock.ts";
import { fieldBlock, readField, writeField } from "../../field/fields.ts";
import { bindMoments, showMoments } from "../../field/moment.ts";
import { bindShowing } from "../../field/showing.ts";
import { isEmpty, type Values } from "../../field/values.ts";
import { bindRows } from "../../lib/rows.ts";
import type { App, FormFragment } from "../app.ts";
import type { Today } from "../store/index.ts";
import { hydrate } from "./hydrate.ts";

export interface PlainForm {
  /** Every field as it stands. */
  read(): Values;
  /** What differs from what it began with. */
  changed(): Values;
}

export function plainForm(
  place: HTMLElement,
  fragment: FormFragment,
  values: Values,
  today: Today,
  zone: string,
): PlainForm {
  const { kinds } = hydrate(place, fragment, values, [], today.options, zone);
  place.dataset.zone = zone;
  bindMoments();
  bindRows(place);
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
  const read = (): Values =>
    Object.fromEntries(
      Object.entries(kinds).flatMap(([name, kind]) => {
        const block = fieldBlock(place, name);
        return block ? [[name, readField(block, kind, zone)]] : [];
      }),
    );
  const begun = read();
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

const put_by = new Map<string, Uint8Array>();

/**
 * Keeps what stands in a form that is no record yet while the tablet is locked: in memory, under the user's key. Gives
 * back what was put by before, once.
 */
export async function takeUp(app: App, name: string): Promise<Values> {
  const key = `${app.user.staff.id}/${name}`;
  const kept = put_by.get(key);
  if (!kept) return {};
  try {
    return JSON.parse(new TextDecoder().decode(await app.user.openBytes(key, kept))) as Values;
  } catch {
    return {};
  }
}

export async function putBy(app: App, name: string, values: Values): Promise<void> {
  const key = `${app.user.staff.id}/${name}`;
  if (Object.keys(filled(values)).length === 0) put_by.delete(key);
  else put_by.set(key, await app.user.lockBytes(key, new TextEncoder().encode(JSON.stringify(values))));
}

export function forget(app: App, name: string): void {
  put_by.delete(`${app.user.staff.id}/${name}`);
}
