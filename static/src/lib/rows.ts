/**
 * A small table whose lines are added with one tap (`templates/widgets/rows.html`). Its value is a list of lines, each
 * a mapping from the columns' names to text; a line without a word in it does not count.
 */

export type Line = Record<string, string>;

type Cell = HTMLInputElement | HTMLSelectElement;
const CELLS = "input[data-column], select[data-column]";

/** Builds the lines of every table under `root` and binds their buttons. */
export function bindRows(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLElement>("[data-rows]")) {
    if (table.dataset.bound) continue;
    table.dataset.bound = "yes";
    draw(table, parsed(box(table).value));
    table.addEventListener("click", (event) => tapped(table, event));
    table.addEventListener("input", (event) => {
      if (event.target !== box(table)) box(table).value = JSON.stringify(read(table));
    });
  }
}

/** Lets a button with `data-takes` (a field) and `data-row` add its line to that field's table. */
export function bindTakes(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-takes]") : null;
    const table = document.querySelector<HTMLElement>(`[data-field="${button?.dataset.takes}"] [data-rows]`);
    if (!button || !table || table.closest("fieldset[disabled]")) return;
    draw(table, [...read(table), JSON.parse(button.dataset.row ?? "{}") as Line]);
    button.hidden = true;
    table.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function readRows(block: HTMLElement): Line[] {
  const table = block.querySelector<HTMLElement>("[data-rows]");
  return table ? read(table) : [];
}

export function writeRows(block: HTMLElement, value: unknown): void {
  const table = block.querySelector<HTMLElement>("[data-rows]");
  if (table) draw(table, lines(value));
}

function tapped(table: HTMLElement, event: Event): void {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  const all = Array.from(table.querySelectorAll<HTMLElement>("[data-row]"));
  if (button.dataset.rowsAdd !== undefined) {
    const added = line(table, {}, all.length);
    body(table).append(added);
    added.querySelector<Cell>(CELLS)?.focus();
    return;
  }
  const removed = button.closest<HTMLElement>("[data-row]");
  if (button.dataset.rowsRemove === undefined || !removed) return;
  const place = all.indexOf(removed);
  const had = Object.keys(lineOf(removed)).length > 0;
  removed.remove();
  draw(table, read(table));
  const next = table.querySelectorAll<HTMLElement>("[data-row]")[Math.max(0, place - 1)];
  (next?.querySelector<Cell>(CELLS) ?? table.querySelector<HTMLElement>("[data-rows-add]"))?.focus();
  if (had) table.dispatchEvent(new Event("change", { bubbles: true }));
}

function draw(table: HTMLElement, all: Line[]): void {
  const shown = all.length > 0 ? all : [{}];
  body(table).replaceChildren(...shown.map((one, place) => line(table, one, place)));
  box(table).value = JSON.stringify(all);
}

function line(table: HTMLElement, values: Line, place: number): HTMLElement {
  const mould = table.querySelector<HTMLTemplateElement>("template");
  const made = mould?.content.firstElementChild?.cloneNode(true) as HTMLElement;
  for (const input of made.querySelectorAll<Cell>(CELLS)) {
    show(input, values[input.dataset.column ?? ""] ?? "");
    input.id = `${box(table).id}_${place}_${input.dataset.column}`;
    const label = made.querySelector<HTMLLabelElement>(`label[data-for="${input.dataset.column}"]`);
    if (label) label.htmlFor = input.id;
  }
  made.querySelector("[data-rows-remove]")?.setAttribute("aria-label", `Remove line ${place + 1}`);
  return made;
}

/** Shows a value; one that is not among the choices (any more) is kept as a choice of its own. */
function show(cell: Cell, value: string): void {
  cell.value = value;
  if (cell.value === value || !(cell instanceof HTMLSelectElement)) return;
  cell.add(new Option(value, value, true, true));
}

function read(table: HTMLElement): Line[] {
  const all = Array.from(table.querySelectorAll<HTMLElement>("[data-row]"), lineOf);
  return all.filter((one) => Object.keys(one).length > 0);
}

function lineOf(row: HTMLElement): Line {
  const found: Line = {};
  for (const input of row.querySelectorAll<Cell>(CELLS)) {
    const text = input.value.trim();
    if (text && input.dataset.column) found[input.dataset.column] = text;
  }
  return found;
}

function lines(value: unknown): Line[] {
  return Array.isArray(value) ? (value as Line[]) : [];
}

function parsed(text: string): Line[] {
  try {
    return lines(JSON.parse(text || "[]"));
  } catch {
    return [];
  }
}

function box(table: HTMLElement): HTMLTextAreaElement {
  return table.querySelector("textarea") as HTMLTextAreaElement;
}

function body(table: HTMLElement): HTMLElement {
  return table.querySelector<HTMLElement>("[data-rows-body]") ?? table;
}
