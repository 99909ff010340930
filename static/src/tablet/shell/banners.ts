/** Calm lines below the top bar: no network, a network that wants a sign-in, signed out, little room. Never a dialog. */
import type { Tablet } from "../store/types.ts";
import { background } from "./background.ts";
import { need } from "./fill.ts";

const LOOK_EVERY = 60_000;

export class Banners {
  readonly #place: HTMLElement;
  readonly #tablet: Tablet;

  constructor(frame: HTMLElement, tablet: Tablet) {
    this.#place = need(frame, "[data-banners]");
    this.#tablet = tablet;
    for (const event of ["status", "signed_out"] as const) tablet.on(event, () => this.show());
    tablet.on("storage", () => background(this.room()));
    for (const event of ["online", "offline"]) addEventListener(event, () => this.show());
    window.setInterval(() => background(this.room()), LOOK_EVERY);
  }

  show(): void {
    const { network, signedOut, state } = this.#tablet.status();
    const offline = network === "none" || !navigator.onLine;
    const open = this.#tablet.unlocked !== null;
    // "Everything is saved on this tablet" is not said beside a storage that failed.
    const sound = state !== "memory";
    this.#set("offline", sound && offline);
    this.#set("portal", sound && !offline && network === "portal");
    this.#set("signed_out", open && signedOut && !offline && network !== "portal");
    if (!sound) this.#set("memory", true);
  }

  /** Measures the room on the tablet. */
  async room(): Promise<void> {
    const { level } = await this.#tablet.storage();
    this.#set("storage", level === "warn");
    this.#set("full", level === "full");
    this.#set("memory", level === "memory");
  }

  /** A new version waits for the next lock. */
  updateReady(ready: boolean): void {
    this.#set("update", ready);
  }

  #set(name: string, shown: boolean): void {
    need(this.#place, `[data-banner="${name}"]`).hidden = !shown;
  }
}
