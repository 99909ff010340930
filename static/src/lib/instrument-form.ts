/**
 * Brings an instrument's server-rendered form to life: shows the questions that apply, and the score as it stands.
 * It holds no field of its own: the markup comes from `mih/instruments/forms.py`.
 */

import { derivedPoints } from "./cows.ts";
import { readAnswer } from "./instrument-answers.ts";
import { say } from "./instrument-definition.ts";
import { type Context, type Definition, type Result, score } from "./instruments.ts";

export interface BoundInstrument {
  /** The result as it stands. */
  result(): Result;
  /** The answers as they stand, hidden questions too, ready to store: option values and numbers. */
  answers(): Record<string, unknown>;
  /** Answers an item from a vital sign, such as `hr`; a question already answered is left alone. */
  derive(source: string, reading: number): void;
  /** Scores again, after answers were filled in by a program or the context changed. */
  update(context?: Context): Result;
}

/** Binds the element with `data-instrument`. `onChange` is called with each new result. */
export function bindInstrument(
  root: HTMLElement,
  definition: Definition,
  { context = {}, onChange = () => {} }: { context?: Context; onChange?: (result: Result) => void } = {},
): BoundInstrument {
  let known = context;
  let result: Result;
  const update = (changed: Context = known): Result => {
    known = changed;
    result = score(definition, readAnswers(root, definition), known);
    show(root, definition, result);
    onChange(result);
    return result;
  };
  root.addEventListener("change", () => update());
  root.addEventListener("input", () => update());
  root.addEventListener("click", (event) => {
    const clear = event.target instanceof Element && event.target.closest("[data-instrument-clear]");
    if (!clear) return;
    const block = clear.closest<HTMLElement>("[data-item]");
    const checked = block?.querySelector<HTMLInputElement>("input:checked");
    if (!checked) return;
    checked.checked = false;
    checked.dispatchEvent(new Event("change", { bubbles: true }));
    block?.querySelector<HTMLInputElement>("input")?.focus();
  });
  result = update();
  return {
    result: () => result,
    answers: () => readAnswers(root, definition),
    derive: (source, reading) => {
      for (const item of definition.items) {
        if (item.derive?.from !== source) continue;
        const block = itemBlock(root, item.key);
        if (block?.querySelector("input:checked")) continue;
        const points = derivedPoints(definition, item.key, reading);
        const radio = block?.querySelector<HTMLInputElement>(`input[value="${points}"]`);
        if (!radio) continue;
        radio.checked = true;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
    },
    update,
  };
}

function itemBlock(root: HTMLElement, key: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-item="${key}"]`);
}

function readAnswers(root: HTMLElement, definition: Definition): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const item of definition.items) {
    const block = itemBlock(root, item.key);
    const input =
      item.type === "number"
        ? block?.querySelector<HTMLInputElement>("input")
        : block?.querySelector<HTMLInputElement>("input:checked");
    if (!input?.value) continue;
    const read = readAnswer(definition, item, input.value);
    answers[item.key] = read && "value" in read ? read.value : input.value;
  }
  return answers;
}

function show(root: HTMLElement, definition: Definition, result: Result): void {
  for (const item of definition.items) {
    const block = itemBlock(root, item.key);
    if (!block) continue;
    block.hidden = !result.visible.includes(item.key);
    const clear = block.querySelector<HTMLElement>("[data-instrument-clear]");
    if (clear) clear.hidden = block.querySelector("input:checked") === null;
    const message = block.querySelector<HTMLElement>("[data-instrument-error]");
    if (message) {
      const error = result.errors.find((one) => one.item === item.key);
      message.hidden = error === undefined;
      message.textContent = error?.message ?? "";
    }
  }
  const box = root.querySelector<HTMLElement>("[data-instrument-result]");
  if (!box) return;
  // A remark that the instrument is not made for this person is seen before the first answer.
  box.hidden = result.status === "not_started" && result.notes.length === 0;
  box.replaceChildren(...scoreLines(definition, result));
}

function scoreLines(definition: Definition, result: Result): HTMLElement[] {
  const lines = [line("strong", summary(definition, result))];
  for (const flag of result.flags) {
    lines.push(line("p", flag.text, `instrument-flag instrument-flag-${flag.level} mb-0`));
  }
  for (const note of result.notes) lines.push(line("p", note.text, "instrument-note mb-0"));
  return lines;
}

/** One sentence: the score and its band, or how many questions are still open. */
export function summary(definition: Definition, result: Result): string {
  if (result.status !== "complete") {
    const open = result.missing.length + result.errors.length;
    return `${definition.short_title}: not scored yet, ${open} ${open === 1 ? "answer" : "answers"} to go.`;
  }
  if (result.total === null && result.band === null) return `${definition.short_title}: no score.`;
  const scale = definition.scales.find((one) => one.key === definition.primary);
  const name = scale === undefined ? definition.short_title : say(scale.title);
  const total = result.total === null ? "" : ` ${result.total}`;
  return `${name}${total}: ${result.band_label ?? ""}`;
}

function line(tag: string, text: string, className = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}
