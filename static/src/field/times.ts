/** One tap logs a time; a time that is logged is corrected with a reason, and both stay. */
import { fromWall, hoursAndMinutes, toWall } from "../lib/wall-clock.ts";
import { now } from "./clock.ts";
import { open } from "./dialogs.ts";
import { writeMoment } from "./moment.ts";
import type { Acts } from "./saving.ts";

export function bindTimes(
  acts: Pick<Acts, "time">,
  zone: string,
  changed: () => void,
  root: HTMLElement | Document = document,
): void {
  root.addEventListener("click", (event) => {
    const wanted =
      event.target instanceof Element && event.target.closest<HTMLElement>("[data-goes-to-time]");
    if (wanted) {
      goTo(wanted.dataset.goesToTime ?? "");
      return;
    }
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-time]") : null;
    if (!button || button.hasAttribute("disabled")) return;
    if (button.dataset.at) correct(button, zone);
    else void log(button);
  });

  async function log(button: HTMLElement): Promise<void> {
    const at = now();
    const shown = button.querySelector<HTMLElement>("[data-time-shown]");
    button.dataset.at = at.toISOString();
    button.dataset.state = "pending";
    if (shown) shown.textContent = hoursAndMinutes(at, zone);
    const answer = await acts.time(button.dataset.time ?? "", at.toISOString(), "");
    if (answer.kind === "refused") {
      delete button.dataset.at;
      button.dataset.state = "refused";
      if (shown) shown.textContent = answer.sentence;
    } else button.dataset.state = "";
    changed();
  }

  root.addEventListener("submit", async (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.timeForm === undefined) return;
    event.preventDefault();
    const entered = new FormData(form);
    const problem = form.querySelector<HTMLElement>("[data-error]");
    const answer = await acts.time(
      form.dataset.timeForm,
      fromWall(String(entered.get("value") ?? ""), zone),
      String(entered.get("reason") ?? ""),
    );
    if (problem) {
      problem.hidden = answer.kind !== "refused";
      problem.textContent = answer.kind === "refused" ? answer.sentence : "";
    }
    if (answer.kind !== "ok") return;
    form.closest("dialog")?.close();
    changed();
  });
}

/** Marks a time's button for a moment and puts the focus on it. */
function goTo(field: string): void {
  const button = document.querySelector<HTMLElement>(`[data-time="${CSS.escape(field)}"]`);
  if (!button) return;
  button.dataset.found = "yes";
  window.setTimeout(() => delete button.dataset.found, 4_000);
  button.scrollIntoView({ block: "nearest" });
  button.focus();
}

function correct(button: HTMLElement, zone: string): void {
  const found = open("time");
  const form = found?.querySelector<HTMLFormElement>("form");
  if (!found || !form) return;
  form.reset();
  form.dataset.timeForm = button.dataset.time ?? "";
  const title = found.querySelector("[data-time-title]");
  if (title) title.textContent = button.dataset.label ?? "";
  writeMoment(form, toWall(button.dataset.at, zone));
  const problem = form.querySelector<HTMLElement>("[data-error]");
  if (problem) problem.hidden = true;
}
