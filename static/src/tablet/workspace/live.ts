/**
 * What only the server can say about a response, shown beside the form while a session is alive: the protocol's verdict,
 * the clocks that run after a dose, trends. Without one a sentence stands in its place. Nothing here is on the way of a save.
 */

import { bindSecondPerson } from "../../field/second-person.ts";
import { handsOff } from "../../lib/hands.ts";
import { markup } from "../../lib/markup.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import { make, need, slot } from "../shell/fill.ts";
import type { OpenForm } from "./form-area.ts";
import type { Keeper } from "./keeper.ts";
import type { Scene } from "./scene.ts";

const PATIENCE = 8_000;
const BETWEEN_LOOKS = 60_000;
const AFTER_RECEIPT = 700;
/** Forms beside which the protocol's verdict stands. */
const JUDGED = new Set(["induction", "buprenorphine_dose"]);
const DOSE = "buprenorphine_dose";

/** The dose chosen on another form's panel, to be written once its own form stands open. */
let chosen: { readonly record: string; readonly mg: string } | null = null;

export function besideForm(scene: Scene, open: OpenForm, keeper: Keeper): { end(): void } {
  const { key } = open.fragment;
  const aborter = new AbortController();
  let planned = 0;
  let reached = false;

  async function load(): Promise<void> {
    // Of a response that it has not received the server can say nothing.
    if (scene.response.local && scene.response.pending > 0) return show(null);
    const query = new URLSearchParams({ form: key, record: open.record });
    let text: string;
    try {
      const answer = await fetch(`/field/encounters/${scene.encounter}/live/?${query}`, {
        headers: { "X-MIH-Part": "1" },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.any([aborter.signal, AbortSignal.timeout(PATIENCE)]),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      text = await answer.text();
    } catch {
      if (!aborter.signal.aborted) show(null);
      return;
    }
    const page = new DOMParser().parseFromString(markup(text), "text/html");
    await handsOff();
    if (!aborter.signal.aborted && page.querySelector("[data-server-now]")) show(page);
  }

  function show(page: Document | null): void {
    reached = page !== null;
    for (const [part, place] of [
      ["panel", "panel"],
      ["trend", "trend"],
    ] as const) {
      const found = page?.querySelector(`[data-live-part="${part}"]`);
      if (found) put(slot(scene.main, place), found, scene);
      else if (page === null && slot(scene.main, place).childElementCount > 0)
        slot(scene.main, place).dataset.stale = "yes";
    }
    const clocks = page?.querySelector('[data-live-part="countdowns"]');
    if (clocks) put(slot(scene.root, "countdowns"), clocks, scene, false);
    if (page === null && JUDGED.has(key)) {
      const part = scene.app.part("no_verdict");
      need(part, "[data-no-second]").hidden = key !== DOSE;
      const panel = slot(scene.main, "panel");
      delete panel.dataset.shown;
      panel.replaceChildren(part);
    }
    giveChosen();
  }

  /** Writes the dose that was tapped on another form, once the protocol's answer stands here too. */
  function giveChosen(): void {
    if (chosen?.record !== open.record) return;
    const button = scene.main.querySelector<HTMLElement>(
      `[data-give="${CSS.escape(chosen.mg)}"]:not(:disabled)`,
    );
    if (!button) return;
    chosen = null;
    give(button);
  }

  function give(button: HTMLElement): void {
    if (open.form.dataset.writable !== "yes") return;
    open.sheet.give(button.dataset.give ?? "", JSON.parse(button.dataset.films ?? "[]"));
  }

  scene.main.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest<HTMLElement>("[data-give]:not(:disabled)");
    if (button) give(button);
    const link = target?.closest<HTMLElement>("[data-give-link]");
    if (link) {
      const record = uuid7();
      chosen = { record, mg: link.dataset.giveLink ?? "" };
      event.preventDefault();
      scene.go(`#/r/${scene.encounter}/${DOSE}/${record}`);
    }
  });
  // A dose written down while the server cannot be asked has been given: its time stands there to be seen and corrected.
  open.form.addEventListener("change", (event) => {
    const block = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-field]") : null;
    if (key === DOSE && block?.dataset.field === "mg" && !reached) open.sheet.stamp(true);
  });
  // Before the dialog is filled for one dose: its list as the last refresh brought it.
  scene.root.addEventListener(
    "click",
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("[data-signs-for]")) witnesses(scene);
    },
    { capture: true, signal: aborter.signal },
  );
  const stopSecond = bindSecondPerson(
    () => {
      open.sheet.commit();
      return keeper.settled().then(() => scene.app.tablet.sendNow());
    },
    () => {
      void load();
      // What is missing before signing has changed with it.
      void scene.app.tablet.pull();
    },
    scene.root,
  );

  const soon = (): void => {
    window.clearTimeout(planned);
    planned = window.setTimeout(() => void load(), AFTER_RECEIPT);
  };
  document.addEventListener("mih:received", soon, { signal: aborter.signal });
  const looking = window.setInterval(() => {
    if (document.visibilityState === "visible") void load();
  }, BETWEEN_LOOKS);
  void load();
  return {
    end: () => {
      aborter.abort();
      stopSecond();
      window.clearTimeout(planned);
      window.clearInterval(looking);
    },
  };
}

function witnesses(scene: Scene): void {
  const list = need<HTMLSelectElement>(scene.main, "#second-who");
  const me = scene.app.user.staff.username;
  const others = (scene.today.options.staff ?? []).filter(({ value }) => value !== me);
  list.replaceChildren(
    new Option("Choose", ""),
    ...others.map(({ value, label }) => new Option(label, value)),
  );
}

/** A part of the server's page, with its links turned into the shell's and the time it was asked. */
function put(place: HTMLElement, part: Element, scene: Scene, dated = true): void {
  const held = document.createElement("div");
  held.append(...Array.from(part.childNodes, (node) => document.importNode(node, true)));
  for (const link of held.querySelectorAll<HTMLAnchorElement>("a[href]")) {
    const here = hashOf(link.getAttribute("href") ?? "");
    if (here) {
      link.href = here;
      delete link.dataset.swap;
    }
  }
  delete place.dataset.stale;
  if (held.innerHTML === place.dataset.shown) return;
  place.dataset.shown = held.innerHTML;
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
  place.replaceChildren(...held.childNodes);
  if (dated && place.childElementCount > 0)
    place.append(
      make("p", "live-as-of", `From the server at ${hoursAndMinutes(new Date(), scene.app.zone)}.`),
    );
  if (focused) place.querySelector<HTMLElement>(`#${CSS.escape(focused)}`)?.focus({ preventScroll: true });
}

const FORM = /^\/field\/encounters\/([^/]+)\/forms\/([^/?]+)\/(?:([0-9a-f-]{36}|new)\/)?(\?.*)?$/;

function hashOf(address: string): string {
  const found = FORM.exec(address);
  if (!found) return "";
  const [, encounter, form, record, query = ""] = found;
  const at = record === "new" ? `/${uuid7()}` : record ? `/${record}` : "";
  return `#/r/${encounter}/${form}${at}${query}`;
}
