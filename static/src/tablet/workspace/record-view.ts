/** A record to read: every entry, every filled field once, signatures drawn. */
import { isEmpty } from "../../field/values.ts";
import type { FormFragment } from "../app.ts";
import { icon, make } from "../shell/fill.ts";
import type { LocalEntry } from "../store/index.ts";
import { fullMoment } from "./moments.ts";
import type { Scene } from "./scene.ts";
import { type Row, Wording } from "./words.ts";

export interface ShownEntry {
  readonly entry: LocalEntry;
  readonly form: FormFragment;
  readonly wording: Wording;
}

/** Every entry of the response this role reads, in the order of the rail. */
export async function shownEntries(scene: Scene): Promise<ShownEntry[]> {
  const found: ShownEntry[] = [];
  for (const stop of scene.stretches.flatMap((stretch) => stretch.stops)) {
    if (stop.entries.length === 0) continue;
    const hidden = new Set(scene.today.forms[stop.key]?.withheld ?? []);
    for (const entry of stop.entries) {
      const { form } = await scene.formOf(entry);
      const wording = new Wording(form, scene.today.options, scene.app.zone);
      const values = Object.fromEntries(Object.entries(entry.values).filter(([field]) => !hidden.has(field)));
      if (Object.values(values).some((value) => !isEmpty(value)))
        found.push({ entry: { ...entry, values }, form, wording });
    }
  }
  return found;
}

export function drawRecord(place: HTMLElement, scene: Scene, shown: readonly ShownEntry[]): void {
  const times = scene.response.times.filter(({ at }) => at);
  const sections = shown.map((one) => section(one, scene.app.zone));
  if (times.length > 0) {
    const rows = times.map(({ field, label, at }) => ({
      field,
      label,
      text: fullMoment(at ?? "", scene.app.zone),
      strokes: null,
    }));
    sections.unshift(block("times", "clock", "Times", rows));
  }
  if (sections.length === 0) sections.push(make("p", "text-body-secondary", "Nothing filled in."));
  place.replaceChildren(...sections);
}

function section({ entry, form, wording }: ShownEntry, zone: string): HTMLElement {
  const made = block(form.key, form.icon, form.title, wording.rows(entry.values));
  made.dataset.record = entry.record;
  if (entry.happened_at && !("happened_at" in form.kinds))
    made
      .querySelector("h2")
      ?.append(" ", make("small", "text-body-secondary", fullMoment(entry.happened_at, zone)));
  if (!["person", "contact", "approach"].includes(form.key))
    made.append(make("p", "record-by", [entry.author?.name, standing(entry)].filter(Boolean).join(" · ")));
  return made;
}

function standing({ status, frozen }: LocalEntry): string {
  if (status === "awaiting_cosign") return "signed, waits for co-signature";
  return frozen ? "signed" : "";
}

function block(key: string, symbol: string, title: string, rows: readonly Row[]): HTMLElement {
  const made = make("section", "record-section");
  made.dataset.section = key;
  const head = make("h2", "h5");
  head.append(icon(symbol), ` ${title}`);
  const list = make("dl", "record-rows");
  list.append(
    ...rows.map(({ field, label, text, strokes }) => {
      const line = make("div");
      line.dataset.row = field;
      const value = make("dd", "", text);
      value.style.whiteSpace = "pre-line";
      if (strokes) value.append(drawing(strokes));
      line.append(make("dt", "", label), value);
      return line;
    }),
  );
  made.append(head, list);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** The strokes of a signature, drawn at the size of the page. */
function drawing(strokes: NonNullable<Row["strokes"]>): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 600 200");
  svg.setAttribute("class", "drawn-signature");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "Drawn signature");
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", stroke.map(([x, y], step) => `${step === 0 ? "M" : "L"}${x} ${y}`).join(" "));
    svg.append(path);
  }
  return svg;
}
