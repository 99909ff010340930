/** A red alarm interrupts: it says what to do, and asks what was done. */
import { dialog, open } from "./dialogs.ts";
import type { Saver } from "./saver.ts";

const put_off = new Set<string>();

/** Opens the dialog at the first red alarm that nobody has acted on and that was not just put off. */
export function interrupt(): void {
  const waiting = Array.from(document.querySelectorAll<HTMLElement>('[data-alarm][data-level="red"]')).find(
    (one) => one.dataset.acknowledged !== "yes" && !put_off.has(one.dataset.alarm ?? ""),
  );
  if (waiting && document.querySelector("dialog[open]") === null) show(waiting);
}

function show(alarm: HTMLElement): void {
  const found = dialog("red-alarm");
  if (!found) return;
  found.dataset.showing = alarm.dataset.alarm ?? "";
  fill(found, "[data-alarm-title]", alarm.dataset.title);
  fill(found, "[data-alarm-message]", alarm.dataset.message);
  fill(found, "[data-alarm-do]", alarm.dataset.do);
  const form = found.querySelector<HTMLFormElement>("form");
  if (form) {
    form.dataset.acknowledge = alarm.dataset.url ?? "";
    form.reset();
  }
  open("red-alarm");
}

export function bindAlarms(saver: Saver, changed: () => void): void {
  dialog("red-alarm")?.addEventListener("close", (event) => {
    put_off.add((event.target as HTMLElement).dataset.showing ?? "");
    window.setTimeout(interrupt, 300);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.acknowledge === undefined) return;
    event.preventDefault();
    const action = String(new FormData(form).get("action") ?? "").trim();
    if (action === "") {
      say(form, "Say what was done about it, in a few words.");
      form.querySelector("input")?.focus();
      return;
    }
    const answer = await saver.post(form.dataset.acknowledge, { action });
    say(form, answer.kind === "refused" ? answer.sentence : "");
    if (answer.kind !== "ok") return;
    if (dialog("red-alarm")?.contains(form)) dialog("red-alarm")?.close();
    changed();
  });
}

function say(form: HTMLElement, sentence: string): void {
  const problem = form.querySelector<HTMLElement>("[data-error]");
  if (!problem) return;
  problem.hidden = sentence === "";
  problem.textContent = sentence;
}

function fill(root: HTMLElement, selector: string, text: string | undefined): void {
  const element = root.querySelector(selector);
  if (element) element.textContent = text ?? "";
}
