/** Everything the server has not simply taken: in words, with what to do. Nothing is left out. */
import { type App, type Screen, stands } from "../../app.ts";
import type { Json, UnsentItem } from "../../store/index.ts";
import { background } from "../background.ts";
import { fill, make, need, slot } from "../fill.ts";
import { momentWords } from "../moments.ts";
import { saveSealedFile, sendNow, whyWaiting } from "../sending.ts";
import { ageOf } from "../status.ts";

const WAITING: ReadonlySet<string> = new Set(["waiting", "tried", "held"]);

const STATES: Readonly<Record<UnsentItem["state"], readonly [string, string]>> = {
  waiting: ["blue", "On this tablet"],
  tried: ["blue", "Sent, not confirmed"],
  held: ["blue", "Waits for an earlier one"],
  help: ["red", "Needs help"],
  memory: ["red", "Not saved"],
  conflict: ["amber", "Two versions"],
  attention: ["red", "Needs attention"],
  frozen: ["amber", "After the signature"],
  missing: ["amber", "Not signed yet"],
  quarantined: ["red", "Kept aside"],
};

export const unsentScreen: Screen = async (outlet, _params, app) => {
  outlet.replaceChildren(app.part("unsent"));
  const show = async (): Promise<void> => showItems(outlet, await app.user.unsent(), app);
  const tick = (): void => showStatus(outlet, app);
  const offs = [app.tablet.on("records", () => background(show())), app.tablet.on("status", tick)];
  const timer = window.setInterval(tick, 1_000);
  need(outlet, "[data-send-now]").addEventListener("click", () => background(sendNow(app).then(show)));
  need(outlet, "[data-save-file]").addEventListener("click", () => background(saveSealedFile(app)));
  outlet.addEventListener("click", dismiss);
  function dismiss(event: Event): void {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-dismiss]") : null;
    const mid = button?.closest<HTMLElement>("[data-item]")?.dataset.item;
    if (mid) background(app.user.dismiss(mid).then(show));
  }
  tick();
  return stands(show(), () => {
    window.clearInterval(timer);
    for (const off of offs) off();
  });
};

function showStatus(outlet: HTMLElement, app: App): void {
  const status = app.tablet.status();
  const count = slot(outlet, "count");
  count.dataset.age = ageOf(status.oldest, new Date());
  const since = status.oldest ? `, the oldest from ${momentWords(status.oldest, app.zone)}` : "";
  set(count, status.pending === 0 ? "0 not sent" : `${status.pending} not sent on this tablet${since}`);
  set(slot(outlet, "why"), whyWaiting(status, new Date()));
  const bar = need<HTMLProgressElement>(outlet, "[data-progress]");
  bar.hidden = status.progress === null;
  if (status.progress) {
    bar.max = status.progress.of;
    bar.value = status.progress.done;
  }
  set(
    slot(outlet, "send"),
    status.progress ? `Sending ${status.progress.done} of ${status.progress.of}` : "Send now",
  );
}

function showItems(outlet: HTMLElement, items: readonly UnsentItem[], app: App): void {
  const trouble = items.filter((item) => !WAITING.has(item.state));
  const waiting = items.filter((item) => WAITING.has(item.state));
  for (const [name, list] of [
    ["trouble", trouble],
    ["waiting", waiting],
  ] as const) {
    need(outlet, `[data-list=${name}]`).replaceChildren(...list.map((item) => itemCard(item, app)));
    need(outlet, `[data-section=${name}]`).hidden = list.length === 0;
  }
  need(outlet, "[data-empty]").hidden = items.length > 0;
  const mine = items.filter((item) => item.state === "waiting" || item.state === "tried").length;
  const others = app.tablet.status().pending - mine;
  slot(outlet, "others").textContent =
    others > 0
      ? `${others} more of other users of this tablet wait too. They are sealed and go by themselves.`
      : "";
}

function itemCard(item: UnsentItem, app: App): HTMLElement {
  const card = need(app.part("unsent-item"), "[data-item]");
  card.dataset.item = item.mid;
  card.dataset.state = item.state;
  const [colour, state] = STATES[item.state];
  fill(card, {
    title: item.title,
    state,
    words: item.words,
    when: `Written ${momentWords(item.at, app.zone)}`,
  });
  slot(card, "state").classList.add(`chip-${colour}`);
  const details = need(card, "[data-details]");
  const said = sentences(item);
  details.replaceChildren(...said.map((line) => make("li", "", line)));
  details.hidden = said.length === 0;
  const open = need<HTMLAnchorElement>(card, "[data-open]");
  const hash = hashOf(item);
  open.hidden = hash === "";
  if (hash) {
    open.href = hash;
    open.setAttribute("aria-label", `Open ${item.title}`);
  }
  need(card, "[data-dismiss]").hidden = !["attention", "frozen", "missing", "quarantined"].includes(
    item.state,
  );
  need(card, "[data-actions]").hidden = open.hidden && need(card, "[data-dismiss]").hidden;
  return card;
}

/** Where the author deals with it. */
export function hashOf(item: UnsentItem): string {
  if (!item.encounter) return "";
  if (item.state === "conflict" || item.state === "missing") return `#/review/${item.encounter}`;
  if (item.state === "frozen") return `#/record/${item.encounter}`;
  return ["#/r", item.encounter, item.form, item.form ? item.record : null].filter(Boolean).join("/");
}

/** The server's sentences: by field, or the gaps of a signature. */
function sentences(item: UnsentItem): string[] {
  const refused = item.detail.refused;
  const gaps = item.detail.gaps;
  if (refused && typeof refused === "object" && !Array.isArray(refused)) {
    return Object.values(refused as Record<string, Json>).map(String);
  }
  return Array.isArray(gaps) ? gaps.map(String) : [];
}

function set(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
}
