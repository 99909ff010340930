/** The few ordinary forms: they are sent once, and a search shows its answer in place. */
import { toWall } from "../lib/wall-clock.ts";
import { now } from "./clock.ts";
import { writeMoment } from "./moment.ts";

export function bindPlainForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented) return;
    if (form.dataset.finds !== undefined) {
      event.preventDefault();
      void find(form);
    } else if (form.dataset.once !== undefined) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
  });
  // Coming back with the browser's button, the form may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]"))
      delete form.dataset.sent;
  });
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-now]") : null;
    const block = button?.closest<HTMLElement>("[data-field]");
    if (!block || block.closest("form[data-record]")) return;
    const zone = document.querySelector<HTMLElement>("[data-zone]")?.dataset.zone ?? "UTC";
    writeMoment(block, toWall(now().toISOString(), zone));
  });
}

const PLAN_PAUSE = 4_000;
const PLAN_TRIES = 20;

/** After signing, the follow-ups appear as soon as they are planned. */
export function awaitPlan(tries = PLAN_TRIES): void {
  const section = document.querySelector<HTMLElement>("[data-follow-ups]");
  if (!section?.querySelector("[data-planning]") || tries === 0) return;
  window.setTimeout(async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector<HTMLElement>("[data-follow-ups]");
      if (fresh && !fresh.querySelector("[data-planning]")) section.replaceWith(fresh);
    }
    awaitPlan(tries - 1);
  }, PLAN_PAUSE);
}

async function find(form: HTMLFormElement): Promise<void> {
  const target = document.querySelector<HTMLElement>(form.dataset.finds ?? "");
  if (!target) return;
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-MIH-Part": "1" },
      credentials: "same-origin",
    });
    if (answer.redirected) return location.reload();
    target.innerHTML = answer.ok
      ? await answer.text()
      : "<p>The search did not work. Wait a moment and try again.</p>";
  } catch {
    target.textContent = "There is no connection to the server. Try again when the signal is back.";
  } finally {
    target.removeAttribute("aria-busy");
  }
}
