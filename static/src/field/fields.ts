/** Reads a field's value out of its markup as JSON, and writes one back. The kinds are those of `mih/field/dressing.py`. */
import { readRows, writeRows } from "../lib/rows.ts";
import { readSignature, writeSignature } from "../lib/signature.ts";
import { fromWall, toWall } from "../lib/wall-clock.ts";
import { readMoment, writeMoment } from "./moment.ts";
import type { Json } from "./values.ts";

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The element that holds a field: label, widget, message. Instruments call theirs an item. */
export function fieldBlock(root: ParentNode, name: string): HTMLElement | null {
  const quoted = CSS.escape(name);
  return root.querySelector<HTMLElement>(`[data-field="${quoted}"], [data-item="${quoted}"]`);
}

export function fieldName(block: HTMLElement): string {
  return block.dataset.field ?? block.dataset.item ?? "";
}

export function readField(block: HTMLElement, kind: string, zone: string): Json {
  switch (kind) {
    case "rows":
      return readRows(block);
    case "signature":
      return readSignature(block);
    case "many":
      return inputs(block)
        .filter((input) => input instanceof HTMLInputElement && input.checked)
        .map((input) => input.value);
    case "yesno": {
      const value = single(block);
      return value === "" ? null : value === "true";
    }
    case "datetime":
      return fromWall(readMoment(block), zone);
    case "date":
    case "time":
      return single(block) || null;
    default:
      return single(block);
  }
}

export function writeField(block: HTMLElement, kind: string, value: Json, zone: string): void {
  switch (kind) {
    case "rows":
      writeRows(block, value);
      return;
    case "signature":
      writeSignature(block, value);
      return;
    case "many": {
      const chosen = new Set((Array.isArray(value) ? value : []).map(String));
      for (const input of inputs(block))
        if (input instanceof HTMLInputElement) input.checked = chosen.has(input.value);
      return;
    }
    case "datetime":
      writeMoment(block, toWall(typeof value === "string" ? value : null, zone) || text(value));
      return;
    case "time":
      set(block, text(value).slice(0, 5));
      return;
    case "phone":
      set(block, national(text(value)));
      return;
    default:
      set(block, text(value));
  }
}

/** The control to put the cursor in. */
export function firstControl(block: HTMLElement): HTMLElement | null {
  const all = block.querySelectorAll<HTMLElement>(
    "input:not([type=hidden]):not([hidden]), select, textarea:not([hidden]), canvas[tabindex], button",
  );
  const list = Array.from(all).filter((one) => !(one as HTMLInputElement).disabled);
  return list.find((one) => one instanceof HTMLInputElement && one.checked) ?? list[0] ?? null;
}

/** "(405) 555-0111" for a North American number, anything else as it is. */
function national(number: string): string {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : number;
}

function text(value: Json): string {
  return value === null ? "" : String(value);
}

function inputs(block: HTMLElement): Input[] {
  return Array.from(block.querySelectorAll<Input>("input, select, textarea"));
}

function single(block: HTMLElement): string {
  const all = inputs(block);
  const radios = all.filter((input) => input instanceof HTMLInputElement && input.type === "radio");
  if (radios.length > 0) return (radios as HTMLInputElement[]).find((radio) => radio.checked)?.value ?? "";
  return all[0]?.value ?? "";
}

function set(block: HTMLElement, value: string): void {
  for (const input of inputs(block)) {
    if (input instanceof HTMLInputElement && input.type === "radio") input.checked = input.value === value;
    else if (input.value !== value) input.value = value;
  }
}
