/** Clocks on the page, by the server's time: `data-since` counts up, `data-due` counts down and then says so. */
import { elapsed, now } from "./clock.ts";

export function tick(root: ParentNode = document): void {
  const at = now().getTime();
  for (const element of root.querySelectorAll<HTMLElement>("[data-since]")) {
    const since = Date.parse(element.dataset.since ?? "");
    if (!Number.isNaN(since)) set(element, elapsed(at - since));
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-due]")) {
    const due = Date.parse(element.dataset.due ?? "");
    const latest = Date.parse(element.dataset.latest ?? "");
    if (Number.isNaN(due)) continue;
    const card = element.closest<HTMLElement>("[data-countdown]");
    if (card?.dataset.countdown === "observe") {
      card.hidden = at >= due;
      set(element, `${elapsed(due - at)} left`);
      continue;
    }
    const stage = at < due ? "before" : at <= latest ? "now" : "late";
    if (card) card.dataset.stage = stage;
    if (stage === "before") set(element, `in ${elapsed(due - at)}`);
    else if (stage === "now")
      set(element, latest > due ? `now, until ${elapsed(latest - at)} from now` : "now");
    else set(element, `${elapsed(at - latest)} late`);
  }
}

/** Keeps every clock of the page going; gives back how to stop. */
export function startTimers(): () => void {
  tick();
  const ticking = window.setInterval(tick, 1_000);
  return () => window.clearInterval(ticking);
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
