/** Refreshes what stands around the form after a save: rail, times, clocks, alarms, timeline. */
import { handsOff } from "../lib/hands.ts";
import { setClock } from "./clock.ts";

export interface Live {
  readonly refresh: () => void;
  readonly show: (form: string) => void;
}

const PAUSE = 250;
const BETWEEN_LOOKS = 60_000;

/** `moment` and `underWay` are the saver's: what was fetched while something was being saved is not shown. */
export interface Saving {
  readonly moment: number;
  readonly underWay: boolean;
}

export function bindLive(root: HTMLElement, saving: () => Saving, shown: () => void): Live {
  let planned = 0;
  let latest = 0;

  async function load(): Promise<void> {
    const turn = ++latest;
    const { moment } = saving();
    const form = root.dataset.current ?? "";
    const record = openRecord();
    let answer: globalThis.Response;
    try {
      const query = new URLSearchParams({ form, record });
      answer = await fetch(`${root.dataset.live}?${query}`, {
        headers: { "X-MIH-Part": "1" },
        credentials: "same-origin",
      });
    } catch {
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    await handsOff();
    if (turn !== latest || saving().moment !== moment || saving().underWay) return;
    // Another form stands open by now: the entries and the "Add another" of the one before must not stand above it.
    if (form !== (root.dataset.current ?? "") || record !== openRecord()) return;
    setClock(page.querySelector<HTMLElement>("[data-server-now]")?.dataset.serverNow);
    const still = formStandsAt();
    for (const part of page.querySelectorAll<HTMLElement>("[data-live-part]")) {
      const here = document.querySelector<HTMLElement>(`[data-live-part="${part.dataset.livePart}"]`);
      if (here && here.innerHTML !== part.innerHTML) replace(here, part);
    }
    const moved = formStandsAt() - still;
    if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
    showCurrent();
    shown();
  }

  const refresh = (): void => {
    window.clearTimeout(planned);
    planned = window.setTimeout(() => void load(), PAUSE);
  };
  window.setInterval(() => {
    if (document.visibilityState === "visible") refresh();
  }, BETWEEN_LOOKS);
  return {
    refresh,
    show: (form) => {
      root.dataset.current = form;
      refresh();
    },
  };
}

const openRecord = (): string =>
  document.querySelector<HTMLElement>("form[data-record]")?.dataset.record ?? "";

/**
 * Where the questions begin on the screen. What grows or shrinks above them must not move them from under a finger: a
 * signature is under way, or a button about to be tapped. (Safari keeps no anchor of its own when content moves.)
 */
export function formStandsAt(): number {
  return document.querySelector("form[data-record]")?.getBoundingClientRect().top ?? 0;
}

/** On a narrow page the rail is a strip: the form that stands open is brought into sight. */
export function showCurrent(): void {
  const stop = document.querySelector<HTMLElement>('.rail [aria-current="page"]');
  const rail = stop?.closest<HTMLElement>(".rail");
  if (!stop || !rail) return;
  if (rail.scrollWidth > rail.clientWidth) {
    rail.scrollLeft = stop.offsetLeft - rail.offsetLeft - (rail.clientWidth - stop.offsetWidth) / 2;
  } else if (stop.offsetTop < rail.scrollTop || stop.offsetTop > rail.scrollTop + rail.clientHeight - 48) {
    rail.scrollTop = stop.offsetTop - rail.clientHeight / 2;
  }
}

/** Swaps the content and keeps the focus and what lay open. */
function replace(here: HTMLElement, fresh: HTMLElement): void {
  if (here.contains(document.activeElement) && here.querySelector("form")?.contains(document.activeElement))
    return;
  const focused = here.contains(document.activeElement) ? document.activeElement?.id : "";
  const open = new Set(Array.from(here.querySelectorAll("details[open]"), (one) => one.id));
  here.innerHTML = fresh.innerHTML;
  for (const one of here.querySelectorAll("details")) if (open.has(one.id)) one.open = true;
  if (focused) document.getElementById(focused)?.focus();
}
