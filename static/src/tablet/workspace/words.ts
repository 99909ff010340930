/** Values as a reader sees them, worded by the form they were given on: choices by their labels, times on the clock. */

import { isEmpty, type Json, type Values } from "../../field/values.ts";
import { markup } from "../../lib/markup.ts";
import type { FormFragment } from "../app.ts";
import type { Choice } from "../store/index.ts";
import { dateWords, fullMoment } from "./moments.ts";

/** One filled field. */
export interface Row {
  readonly field: string;
  readonly label: string;
  readonly text: string;
  /** A drawn signature on a sheet of 600 by 200. */
  readonly strokes: readonly (readonly (readonly [number, number])[])[] | null;
}

type Options = Readonly<Record<string, readonly Choice[]>>;

const SIGNED: Readonly<Record<string, string>> = {
  signed: "Signed",
  verbal: "Agreed by word of mouth",
  refused: "Refused to sign",
  unable: "Unable to sign",
};

export class Wording {
  readonly form: FormFragment;
  private readonly page: HTMLTemplateElement;
  private readonly options: Options;
  private readonly zone: string;

  constructor(form: FormFragment, options: Options, zone: string) {
    this.form = form;
    this.options = options;
    this.zone = zone;
    this.page = document.createElement("template");
    this.page.innerHTML = markup(form.html);
  }

  /** Every filled field in the order of the form, each once. */
  rows(values: Values): Row[] {
    return this.fields(values).flatMap((field) => {
      const text = this.say(field, values[field] ?? null);
      const strokes = strokesOf(values[field]);
      return text === "" && !strokes ? [] : [{ field, label: this.label(field), text, strokes }];
    });
  }

  label(field: string): string {
    return this.form.labels[field] ?? field.replaceAll("_", " ");
  }

  say(field: string, value: Json): string {
    if (isEmpty(value)) return "";
    const kind = this.form.kinds[field] ?? "text";
    switch (kind) {
      case "yesno":
        return value === true || value === "true" ? "Yes" : "No";
      case "datetime":
        return fullMoment(String(value), this.zone);
      case "date":
        return dateWords(String(value));
      case "time":
        return String(value).slice(0, 5);
      case "many":
        return (Array.isArray(value) ? value : [value]).map((one) => this.choice(field, one)).join("; ");
      case "rows":
        return (Array.isArray(value) ? value : []).map((one) => this.line(field, one)).join("; ");
      case "signature":
        return signature(value);
      default:
        return this.choice(field, value);
    }
  }

  /** Fields of the form in its order, then what else is filled. */
  private fields(values: Values): string[] {
    const blocks = this.page.content.querySelectorAll<HTMLElement>("[data-field], [data-item]");
    const ordered = Array.from(blocks, ({ dataset }) => dataset.field ?? dataset.item ?? "");
    const known = new Set([...ordered, ...Object.keys(this.form.kinds)]);
    return Array.from(known).filter((field) => field in values && field in this.form.kinds);
  }

  private block(field: string): HTMLElement | null {
    const name = CSS.escape(field);
    return this.page.content.querySelector<HTMLElement>(`[data-field="${name}"], [data-item="${name}"]`);
  }

  private choice(field: string, value: Json): string {
    const text = String(value);
    const named = this.options[this.form.options[field] ?? ""]?.find((one) => one.value === text);
    if (named) return named.label;
    const block = this.block(field);
    const picked = block?.querySelector<HTMLInputElement | HTMLOptionElement>(
      `input[value="${CSS.escape(text)}"], option[value="${CSS.escape(text)}"]`,
    );
    if (!picked) return text;
    if (picked instanceof HTMLOptionElement) return picked.textContent?.trim() || text;
    const label = block?.querySelector<HTMLElement>(`label[for="${CSS.escape(picked.id)}"]`);
    return worded(label ?? picked.closest("label")) || text;
  }

  private line(field: string, row: Json): string {
    if (row === null || typeof row !== "object" || Array.isArray(row)) return String(row ?? "");
    const mould = this.block(field)?.querySelector<HTMLTemplateElement>("template");
    const cells = Array.from(mould?.content.querySelectorAll<HTMLElement>("[data-column]") ?? []);
    const names = cells.map((cell) => cell.dataset.column ?? "");
    const columns = names.length > 0 ? names : Object.keys(row);
    const words = columns.map((name, place) => {
      const said = String(row[name] ?? "");
      const option = cells[place]?.querySelector(`option[value="${CSS.escape(said)}"]`);
      return option?.textContent?.trim() || said;
    });
    return words.filter((word) => word !== "").join(", ");
  }
}

/** What a choice says; its points behind it, apart: "81 to 100 (1)". */
function worded(label: HTMLElement | null): string {
  const points = label?.querySelector(".instrument-points")?.textContent?.trim() ?? "";
  const whole = label?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  if (points === "" || !whole.endsWith(points)) return whole;
  return `${whole.slice(0, -points.length).trim()} (${points})`;
}

function signature(value: Json): string {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return "";
  const status = SIGNED[String(value.status)] ?? String(value.status ?? "");
  return [status, String(value.name ?? ""), String(value.reason ?? "")].filter(Boolean).join(", ");
}

function strokesOf(value: Json | undefined): Row["strokes"] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  return Array.isArray(value.strokes) && value.strokes.length > 0 ? (value.strokes as never) : null;
}
