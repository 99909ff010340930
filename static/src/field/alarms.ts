/** A red alarm interrupts: it says what to do, and asks what was done, in words to tap or to type. */
import { dialog, open } from "./dialogs.ts";
import type { Acts } from "./saving.ts";

const put_off = new Set<string>();

/** Opens the dialog at the first red alarm that nobody has acted on and that was not just put off. */
export function interrupt(): void {
  const waiting = Array.from(document.querySelectorAll<HTMLElement>('[data-alarm][data-level="red"]')).find(
    (one) => one.dataset.acknowledged !== "yes" && !put_off.has(keyOf(one)),
  );
  if (waiting && document.querySelector("dialog[open]") === null) show(waiting);
}

/** One alarm by what it is about, whether the tablet or the server raised it. */
function keyOf(alarm: HTMLElement): string {
  return `${alarm.dataset.code}/${alarm.dataset.entry}`;
}

function show(alarm: HTMLElement): void {
  const found = dialog("red-alarm");
  if (!found) return;
  found.dataset.showing = keyOf(alarm);
  fill(found, "[data-alarm-title]", alarm.dataset.title);
  fill(found, "[data-alarm-message]", alarm.dataset.message);
  fill(found, "[data-alarm-do]", alarm.dataset.do);
  found.querySelector("[data-alarm-chips]")?.replaceChildren(...chips(alarm.dataset.actions));
  const form = found.querySelector<HTMLFormElement>("form");
  if (form) {
    form.dataset.acknowledge = alarm.dataset.url ?? "";
    form.reset();
  }
  open("red-alarm");
}

function chips(actions: string | undefined): HTMLElement[] {
  return (JSON.parse(actions || "[]") as string[]).map((action) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "btn btn-outline-secondary";
    chip.dataset.actionChip = action;
    chip.textContent = action;
    return chip;
  });
}

/** Puts a usual answer behind what already stands in the box, or takes it back out. */
function tapChip(chip: HTMLElement): void {
  const input = chip.closest("form")?.querySelector<HTMLInputElement>('input[name="action"]');
  if (!input) return;
  const said = input.value
    .split("; ")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const action = chip.dataset.actionChip ?? "";
  const rest = said.filter((one) => one !== action);
  input.value = (rest.length < said.length ? rest : [...said, action]).join("; ");
}

/**
 * Binds the alarms under `root`. What is said about an alarm that the server does not know yet goes to `hold`, by the key
 * of the alarm.
 */
export function bindAlarms(
  acts: Pick<Acts, "acknowledge">,
  hold: (key: string, action: string) => void,
  changed: () => void,
  root: HTMLElement | Document = document,
): void {
  dialog("red-alarm")?.addEventListener("close", (event) => {
    put_off.add((event.target as HTMLElement).dataset.showing ?? "");
    window.setTimeout(interrupt, 300);
  });
  root.addEventListener("click", (event) => {
    const chip = event.target instanceof Element && event.target.closest<HTMLElement>("[data-action-chip]");
    if (chip) tapChip(chip);
  });
  root.addEventListener("submit", async (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.acknowledge === undefined) return;
    event.preventDefault();
    const action = String(new FormData(form).get("action") ?? "").trim();
    if (action === "") {
      say(form, "Say what was done: tap it, or write it in a few words.");
      form.querySelector("input")?.focus();
      return;
    }
    const interrupting = dialog("red-alarm");
    if (form.dataset.acknowledge === "" && interrupting?.contains(form)) {
      hold(interrupting.dataset.showing ?? "", action);
      interrupting.close();
      return;
    }
    const card = form.closest<HTMLElement>("[data-alarm]");
    const named = card ? keyOf(card) : (interrupting?.dataset.showing ?? "");
    const [code = "", entry = ""] = named.split("/");
    const answer = await acts.acknowledge({ code, entry, url: form.dataset.acknowledge }, action);
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
