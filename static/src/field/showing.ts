/**
 * Questions asked only when another answer calls for them: `data-show-when='{"code": ["eloped"]}'` on a field's block.
 * A field that holds something is always shown, so that nothing recorded is ever out of sight.
 */
import { fieldBlock, fieldName, readField } from "./fields.ts";
import type { Json } from "./values.ts";

type Kinds = Readonly<Record<string, string>>;

/** Shows what applies in one form, and takes away the heading of a part in which nothing does. */
export function showWhatApplies(root: HTMLElement, kinds: Kinds, zone: string): void {
  for (const block of root.querySelectorAll<HTMLElement>("[data-field][data-show-when]")) {
    const wanted = JSON.parse(block.dataset.showWhen ?? "{}") as Record<string, string[]>;
    const own = readField(block, kinds[fieldName(block)] ?? "text", zone);
    const called = Object.entries(wanted).every(([name, answers]) => {
      const other = fieldBlock(root, name);
      return (
        other === null ||
        said(readField(other, kinds[name] ?? "text", zone)).some((one) => answers.includes(one))
      );
    });
    block.hidden = !called && said(own).length === 0;
  }
  for (const part of root.querySelectorAll<HTMLElement>("fieldset.answers fieldset")) {
    const blocks = Array.from(part.querySelectorAll<HTMLElement>("[data-field]"));
    if (part.closest("[data-field]") === null && blocks.length > 0)
      part.hidden = blocks.every((block) => block.hidden);
  }
}

/** Keeps what is shown in step with the answers. */
export function bindShowing(root: HTMLElement, kinds: Kinds, zone: string): void {
  showWhatApplies(root, kinds, zone);
  root.addEventListener("change", () => showWhatApplies(root, kinds, zone));
  root.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element && event.target.closest("[data-clear], [data-now]");
    if (pressed) window.setTimeout(() => showWhatApplies(root, kinds, zone));
  });
}

/** An answer as words: nothing, one, or several. */
function said(value: Json): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (value !== null && typeof value === "object") return ["filled"];
  return value === null || value === "" ? [] : [String(value)];
}
