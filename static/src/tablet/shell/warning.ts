/** The line that says that the tablet is about to lock. Any touch keeps it open; the button is for whoever looks for one. */
import { need } from "./fill.ts";

export class Warning {
  readonly #line: HTMLElement;
  #shown = false;

  constructor() {
    this.#line = need(document, "[data-locking]");
  }

  /** `seconds` until the lock, or null while none is near. */
  show(seconds: number | null): void {
    if (seconds !== null) need(this.#line, "[data-locking-left]").textContent = String(seconds);
    const shown = seconds !== null;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#line.hidden = !shown;
    // Above a dialog that stands open, where the browser can.
    if ("popover" in this.#line) this.#line.togglePopover(shown);
    need(document, "[data-locking-said]").textContent = shown
      ? `This tablet locks in ${seconds} seconds. Touch it or press a key to stay.`
      : "";
  }
}
