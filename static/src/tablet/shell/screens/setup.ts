/** Enrolling: this tablet with its name, this person with a PIN; and a new PIN after a forgotten one. */
import type { App, Screen } from "../../app.ts";
import { keepForms } from "../../hear-worker.ts";
import { NeedsNetwork, NeedsSignIn, Refused, WeakPin } from "../../store/index.ts";
import { background } from "../background.ts";
import { need, slot } from "../fill.ts";
import type { PageData } from "../page.ts";
import { PinPad } from "../pin-pad.ts";
import { askSession, signInAddress } from "../session.ts";

type Step = "checking" | "signed_out" | "no_network" | "name" | "pin" | "working";
const STEPS: readonly Step[] = ["checking", "signed_out", "no_network", "name", "pin", "working"];
const SHORTEST = 6;

const WORDS = {
  "": ["Set up this tablet", "Sign in once, with a network. Then this tablet works without either."],
  add: ["Add me to this tablet", "Sign in as yourself. Nobody else's records are touched by it."],
  forgot: [
    "Choose a new PIN",
    "Sign in again and choose a new PIN. Nothing is lost: what you have not sent stays sealed on this tablet and goes by itself, and what was sent comes back once you are in.",
  ],
} as const;

export function setupScreen(page: PageData, opened: () => Promise<void>): Screen {
  return async (outlet, params, app) => {
    const screen = new SetupScreen(outlet, app, page, params[0] ?? "", opened);
    await screen.begin();
    return () => screen.close();
  };
}

/** Why a PIN is refused before it is used; "" when it will do. */
export function pinFault(pin: string): string {
  if (pin.length < SHORTEST) return `Take at least ${SHORTEST} digits.`;
  if (/^(\d)\1+$/.test(pin)) return "Take different digits: this one is the first that anybody tries.";
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])));
  if (steps.size === 1 && (steps.has(1) || steps.has(-1))) return "Take digits that are not in a row.";
  return "";
}

class SetupScreen {
  readonly #outlet: HTMLElement;
  readonly #app: App;
  readonly #page: PageData;
  readonly #opened: () => Promise<void>;
  #name = "";
  #pin = "";
  #pad: PinPad | null = null;

  constructor(outlet: HTMLElement, app: App, page: PageData, kind: string, opened: () => Promise<void>) {
    this.#outlet = outlet;
    this.#app = app;
    this.#page = page;
    this.#opened = opened;
    outlet.replaceChildren(app.part("setup"));
    const [title, why] = WORDS[kind === "add" || kind === "forgot" ? kind : ""];
    slot(outlet, "title").textContent = title;
    slot(outlet, "why_sign_in").textContent = why;
    const back = app.tablet.device() !== null;
    for (const link of outlet.querySelectorAll<HTMLElement>("[data-back-to-tiles]")) link.hidden = !back;
    const here = location.hash.startsWith("#/setup") ? location.hash : "#/setup";
    need<HTMLAnchorElement>(outlet, "[data-sign-in-link]").href = signInAddress(page, here);
    for (const link of outlet.querySelectorAll<HTMLAnchorElement>("[data-sign-out-link]")) {
      link.href = `${page.signOut}?next=${encodeURIComponent(page.setup + here)}`;
    }
    need(outlet, "[data-step=no_network] [data-again]").addEventListener("click", () =>
      background(this.begin()),
    );
    need(outlet, "[data-start-over]").addEventListener("click", () => this.#askPin(""));
    need(outlet, "[data-name-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#named();
    });
  }

  async begin(): Promise<void> {
    this.#step("checking");
    const session = await askSession(this.#page);
    if (session.kind !== "signed_in") {
      this.#step(session.kind);
      return;
    }
    for (const name of ["person", "person_again"]) slot(this.#outlet, name).textContent = session.name;
    const device = this.#app.tablet.device();
    if (device) {
      this.#name = device.name;
      this.#askPin("");
    } else {
      this.#step("name");
      need(this.#outlet, "#tablet-name").focus();
    }
  }

  close(): void {
    this.#pin = "";
    this.#pad?.close();
  }

  #step(name: Step): void {
    for (const each of STEPS) need(this.#outlet, `[data-step=${each}]`).hidden = each !== name;
  }

  #named(): void {
    const name = need<HTMLInputElement>(this.#outlet, "#tablet-name").value.trim();
    const fault = slot(this.#outlet, "name_fault");
    fault.hidden = name !== "";
    fault.textContent =
      name === "" ? "Give the tablet a name, so that a lost one can be told from the others." : "";
    if (name === "") return;
    this.#name = name;
    this.#askPin("");
  }

  #askPin(fault: string): void {
    this.#pin = "";
    this.#step("pin");
    slot(this.#outlet, "fault").textContent = fault;
    need(this.#outlet, "[data-start-over]").hidden = true;
    this.#pad?.close();
    this.#pad = new PinPad(need(this.#outlet, "[data-step=pin] [data-pad]"), this.#app, {
      label: `Choose a PIN of at least ${SHORTEST} digits`,
      done: "Next",
      onDone: (pin) => background(this.#entered(pin)),
    });
    need(this.#outlet, "h1").focus({ preventScroll: true });
  }

  async #entered(pin: string): Promise<void> {
    if (this.#pin === "") {
      const fault = pinFault(pin);
      slot(this.#outlet, "fault").textContent = fault;
      this.#pad?.clear();
      if (fault) return;
      this.#pin = pin;
      this.#pad?.relabel("Enter the same PIN once more");
      need(this.#outlet, "[data-start-over]").hidden = false;
      return;
    }
    if (pin !== this.#pin) {
      this.#askPin("The two were not the same. Choose a PIN again.");
      return;
    }
    await this.#enrol(pin);
  }

  async #enrol(pin: string): Promise<void> {
    this.#pad?.clear();
    this.#step("working");
    try {
      await this.#app.tablet.enrol({ name: this.#name, pin });
    } catch (fault) {
      this.#failed(fault);
      return;
    }
    if (location.pathname === this.#page.setup) history.replaceState(null, "", "/field/#/");
    background(keepForms());
    await this.#opened();
  }

  #failed(fault: unknown): void {
    if (fault instanceof NeedsSignIn) this.#step("signed_out");
    else if (fault instanceof NeedsNetwork) this.#step("no_network");
    else if (fault instanceof WeakPin || fault instanceof Refused) this.#askPin(fault.message);
    else {
      console.error(fault);
      this.#askPin("That did not work. Choose the PIN again; if it stays so, tell your supervisor.");
    }
  }
}
