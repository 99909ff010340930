/** The one place that says where the typing is: words, a symbol, a colour; the count of what is not sent. */
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { State, Status, Tablet } from "../store/types.ts";
import { need, turnIcon } from "./fill.ts";
import { limits } from "./limits.ts";

const ICONS: Readonly<Record<State, string>> = {
  idle: "check-circle",
  saving: "refresh",
  saved: "check-circle",
  sending: "send",
  received: "check-circle",
  attention: "alert",
  memory: "alert",
};
const HOUR = 3_600_000;
/** Screen readers hear at most one message in this time. */
const QUIET = 5_000;

export type Age = "fresh" | "amber" | "red";

export function ageOf(oldest: Date | null, now: Date): Age {
  const age = oldest ? now.getTime() - oldest.getTime() : 0;
  return age > limits.redHours * HOUR ? "red" : age > limits.amberHours * HOUR ? "amber" : "fresh";
}

/** "Saved on this tablet 14:03". */
export function wordsOf(status: Status, zone: string): string {
  const at = status.at ? ` ${hoursAndMinutes(status.at, zone)}` : "";
  switch (status.state) {
    case "idle":
      return status.pending > 0 ? "Saved on this tablet" : "Nothing to save";
    case "saving":
      return "Saving…";
    case "saved":
      return `Saved on this tablet${at}`;
    case "sending":
      return "Sending…";
    case "received":
      return `Received${at}`;
    case "attention":
      return `Needs attention (${status.attention})`;
    case "memory":
      return "Not saved – keep this screen open";
  }
}

/** "3 not sent"; once it is old: "3 not sent · oldest 4 h". */
export function countWords(pending: number, oldest: Date | null, now: Date): string {
  const words = `${pending} not sent`;
  if (!oldest || ageOf(oldest, now) === "fresh") return words;
  return `${words} · oldest ${Math.floor((now.getTime() - oldest.getTime()) / HOUR)} h`;
}

export class StatusPlace {
  readonly #block: HTMLElement;
  readonly #home: HTMLElement;
  readonly #tablet: Tablet;
  readonly #zone: string;
  #said = "";
  #saidAt = 0;
  #timer: number | null = null;
  #alerted = 0;
  #typing = false;

  constructor(frame: HTMLElement, tablet: Tablet, zone: string) {
    this.#block = need(frame, "[data-keep]");
    this.#home = need(frame, "[data-status-home]");
    this.#tablet = tablet;
    this.#zone = zone;
    tablet.on("status", () => this.show());
    document.addEventListener("mih:typing", (event) => {
      this.#typing = (event as CustomEvent<{ waiting: boolean }>).detail.waiting;
      this.show();
    });
    window.setInterval(() => this.show(), 30_000);
  }

  /** Moves the block into a screen's own bar, or back to the shell's. */
  moveTo(place: HTMLElement | null): void {
    const target = place ?? this.#home;
    if (this.#block.parentElement !== target) target.append(this.#block);
  }

  show(): void {
    const found = this.#tablet.status();
    // Words still in the pause before they are stored are not saved, whatever was saved before them.
    const status: Status = this.#typing && found.state !== "memory" ? { ...found, state: "saving" } : found;
    const open = this.#tablet.unlocked !== null;
    const state = need(this.#block, "[data-keep-state]");
    state.hidden = !open;
    state.dataset.state = status.state;
    turnIcon(state, ICONS[status.state]);
    const words = wordsOf(status, this.#zone);
    set(need(state, "[data-keep-words]"), words);
    for (const button of this.#block.querySelectorAll<HTMLElement>("[data-lock-now]")) button.hidden = !open;
    this.#count(status, open);
    if (open) this.#say(words);
    this.#alert(status);
  }

  #count(status: Status, open: boolean): void {
    const link = need(this.#block, "[data-keep-count]");
    const now = new Date();
    link.hidden = !open || status.pending === 0;
    link.dataset.age = ageOf(status.oldest, now);
    set(link, countWords(status.pending, status.oldest, now));
  }

  /** What is only passing through is not read aloud: "Saving…" is followed by what came of it. */
  #say(words: string): void {
    if (words === this.#said || words.endsWith("…")) return;
    const wait = this.#saidAt + QUIET - Date.now();
    if (wait > 0) {
      this.#timer ??= window.setTimeout(() => {
        this.#timer = null;
        this.show();
      }, wait);
      return;
    }
    this.#said = words;
    this.#saidAt = Date.now();
    set(need(this.#block, "[data-keep-said]"), words);
  }

  /** An interruption, once each time there is more to look at. */
  #alert(status: Status): void {
    if (status.attention > this.#alerted) {
      set(need(this.#block, "[data-keep-alert]"), `Needs attention (${status.attention})`);
    } else if (status.attention === 0) set(need(this.#block, "[data-keep-alert]"), "");
    this.#alerted = status.attention;
  }
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
