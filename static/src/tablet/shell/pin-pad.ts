/** A keypad for PINs. The digits are in no field of the page: nothing can remember or restore them. */
import type { App } from "../app.ts";
import { need, slot } from "./fill.ts";

const LONGEST = 12;

export interface PadOptions {
  readonly label: string;
  /** The word on the key that ends the PIN. */
  readonly done: string;
  readonly onDone: (pin: string) => void;
}

export class PinPad {
  readonly #root: HTMLElement;
  readonly #options: PadOptions;
  readonly #stop = new AbortController();
  #digits = "";
  #resting = false;

  constructor(place: HTMLElement, app: App, options: PadOptions) {
    this.#options = options;
    place.replaceChildren(app.part("pin-pad"));
    this.#root = need(place, "[data-pin]");
    this.relabel(options.label);
    need(this.#root, "[data-enter]").textContent = options.done;
    this.#root.addEventListener("click", (event) => {
      const key = event.target instanceof Element ? event.target.closest("button") : null;
      if (key?.dataset.digit !== undefined) this.#add(key.dataset.digit);
      else if (key?.dataset.delete !== undefined) this.#cut();
      else if (key?.dataset.enter !== undefined) this.#end();
    });
    document.addEventListener("keydown", (event) => this.#key(event), { signal: this.#stop.signal });
    this.#show();
  }

  relabel(label: string): void {
    slot(this.#root, "label").textContent = label;
  }

  clear(): void {
    this.#digits = "";
    this.#show();
  }

  /** Takes no keys while a PIN is being tried, or while somebody has to wait. */
  rest(resting: boolean): void {
    this.#resting = resting;
    this.#root.toggleAttribute("data-resting", resting);
    for (const key of this.#root.querySelectorAll("button")) key.disabled = resting;
  }

  close(): void {
    this.clear();
    this.#stop.abort();
  }

  #key(event: KeyboardEvent): void {
    if (!this.#root.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("input, textarea, select, dialog")) return;
    if (/^\d$/.test(event.key)) this.#add(event.key);
    else if (event.key === "Backspace") this.#cut();
    else if (event.key === "Enter" && !target?.closest("a, button")) this.#end();
    else return;
    event.preventDefault();
  }

  #add(digit: string): void {
    if (this.#resting || this.#digits.length >= LONGEST) return;
    this.#digits += digit;
    this.#show();
  }

  #cut(): void {
    if (this.#resting) return;
    this.#digits = this.#digits.slice(0, -1);
    this.#show();
  }

  #end(): void {
    if (this.#resting || this.#digits === "") return;
    this.#options.onDone(this.#digits);
  }

  #show(): void {
    const count = this.#digits.length;
    const dots = slot(this.#root, "dots");
    dots.textContent = "●".repeat(count) + "○".repeat(Math.max(0, 6 - count));
    slot(this.#root, "count").textContent =
      count === 0 ? "" : `${count} ${count === 1 ? "digit" : "digits"} entered`;
  }
}
