/** Turns the hash into screens, and locks them. One screen stands at a time; locked, none of its nodes is left. */
import { toast } from "../../lib/toast.ts";
import { type App, type Bundle, type Leave, type Registered, screenNamed } from "../app.ts";
import type { Tablet, Unlocked } from "../store/types.ts";
import { background } from "./background.ts";
import type { Banners } from "./banners.ts";
import { make, need, slot } from "./fill.ts";
import { Forms } from "./forms.ts";
import type { PageData } from "./page.ts";
import { followFocus, forgetFocus, type Place, placeNow, standAt } from "./place.ts";
import type { StatusPlace } from "./status.ts";
import type { Worker } from "./worker.ts";

/** A screen that cannot keep its words in this time is locked all the same: what it saved so far is saved. */
const FLUSH_PATIENCE = 4_000;

export interface Around {
  readonly page: PageData;
  readonly tablet: Tablet;
  readonly status: StatusPlace;
  readonly banners: Banners;
}

export class Shell implements App {
  readonly tablet: Tablet;
  readonly zone: string;
  readonly #page: PageData;
  readonly #status: StatusPlace;
  readonly #banners: Banners;
  readonly #forms = new Forms();
  /** What the page itself brought: everything else in the body goes when the tablet locks. */
  readonly #own: ReadonlySet<Element>;
  #name = "";
  #leave: Leave | null = null;
  /** The screen that is being left, until it has kept its words. */
  #leaving: Promise<void> | null = null;
  /** The screen that is being built, until it stands. */
  #building: Promise<void> = Promise.resolve();
  #turn = 0;
  #place: { readonly staff: string; readonly at: Place } | null = null;
  #locking: Promise<void> | null = null;
  #last: string | null = null;
  worker: Worker | null = null;

  constructor({ page, tablet, status, banners }: Around) {
    this.#page = page;
    this.tablet = tablet;
    this.zone = tablet.device()?.zone ?? page.zone;
    this.#status = status;
    this.#banners = banners;
    this.#own = new Set(document.body.children);
    followFocus(page.outlet);
    addEventListener("hashchange", () => background(this.show()));
    tablet.on("locked", () => {
      if (!this.#locking) background(this.#locked());
    });
  }

  get user(): Unlocked {
    const user = this.tablet.unlocked;
    if (!user) throw new Error("The tablet is locked");
    return user;
  }

  go(hash: string): void {
    if (location.hash === hash || (hash === "#/" && location.hash === "")) background(this.show());
    else location.hash = hash;
  }

  bundle() {
    return this.#forms.bundle();
  }

  form(keyOrSha: string) {
    return this.#forms.form(keyOrSha);
  }

  part(name: string): DocumentFragment {
    const template = need(document, `template[data-screen="${name}"]`) as unknown as HTMLTemplateElement;
    return document.importNode(template.content, true);
  }

  /** The server has other forms than those this page knows: the list is read anew at its next use. */
  forgetForms(): void {
    this.#forms.forget();
  }

  /** Reads the list of forms, and the form that the address names, before somebody waits for them. */
  async warmForms(): Promise<void> {
    const { forms } = await this.#forms.bundle().catch(() => ({ forms: {} as Bundle["forms"] }));
    const named = /^#\/r\/[^/]+\/([^/?]+)/.exec(location.hash)?.[1] ?? "";
    if (named in forms) await this.#forms.form(named).catch(() => null);
  }

  announce(text: string): void {
    toast(text);
  }

  /** Whoever had the tablet open last in this page. */
  get last(): string | null {
    return this.#last;
  }

  /** Whether nothing on the screen could hold words that are not kept yet. */
  get calm(): boolean {
    return this.tablet.unlocked === null && this.#name !== "setup";
  }

  /** Somebody has just unlocked: back to where they stood, or to the start for somebody else. */
  async opened(): Promise<void> {
    void this.worker?.ask();
    const staff = this.user.staff.id;
    this.#last = staff;
    const kept = this.#place?.staff === staff ? this.#place.at : null;
    const stranger = this.#place !== null && !kept;
    this.#place = null;
    need(this.#page.frame, "[data-who]").textContent = this.user.staff.name;
    need(document, "[data-menu-title]").textContent = this.user.staff.name;
    if (stranger || location.hash.startsWith("#/lock") || location.hash.startsWith("#/setup")) {
      history.replaceState(null, "", "#/");
    } else if (kept && location.hash !== kept.hash) history.replaceState(null, "", kept.hash || "#/");
    await this.show(kept);
  }

  /** Keeps what is typed, drops the keys, empties the page. */
  lock(): Promise<void> {
    this.#locking ??= this.#lock().finally(() => {
      this.#locking = null;
    });
    return this.#locking;
  }

  async #lock(): Promise<void> {
    if (!this.tablet.unlocked) return;
    this.cover(true);
    this.#place = { staff: this.user.staff.id, at: placeNow() };
    // A screen that is still opening may hold words already, and only a screen that stands can keep them.
    await patiently(this.#building);
    await this.#left();
    await this.tablet.lock();
    await this.#locked();
    this.cover(document.visibilityState === "hidden");
    this.worker?.letTakeOver();
  }

  /** Also when the store locked itself, as it does when its keys go. */
  async #locked(): Promise<void> {
    if (this.tablet.unlocked) return;
    this.#empty();
    await this.show();
  }

  /** Asks the screen that stands to keep what is typed, without leaving it. */
  flush(): void {
    const active = document.activeElement;
    if (active instanceof HTMLElement && this.#page.outlet.contains(active)) {
      active.dispatchEvent(new Event("change", { bubbles: true }));
      active.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    }
  }

  cover(covered: boolean): void {
    this.#page.cover.hidden = !covered;
    document.documentElement.toggleAttribute("data-covered", covered);
  }

  /** Builds the screen that the hash names. */
  async show(at: Place | null = null): Promise<void> {
    const turn = ++this.#turn;
    const [name = "", ...params] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
    if (name === "lock" && this.tablet.unlocked) {
      history.replaceState(null, "", "#/");
      await this.lock();
      return;
    }
    const found = this.#found(name);
    await this.#left();
    if (turn !== this.#turn) return;
    this.#empty();
    this.#name = found.name;
    this.#page.frame.dataset.locked = this.tablet.unlocked ? "no" : "yes";
    for (const entry of document.querySelectorAll<HTMLElement>("[data-menu=user]")) {
      entry.hidden = !this.tablet.unlocked;
    }
    document.title = `${found.title} · ${this.#page.agency}`;
    this.#building = this.#build(found, params, turn);
    await this.#building;
    if (turn !== this.#turn) return;
    const place = found.ownBar ? this.#page.outlet.querySelector<HTMLElement>("[data-status-place]") : null;
    this.#page.frame.dataset.own = place ? "bar" : "";
    this.#status.moveTo(place);
    this.#status.show();
    this.#banners.show();
    void this.#banners.room();
    if (at) standAt(at);
    else this.#begin();
  }

  #found(name: string): Registered {
    const missing = screenNamed("missing");
    const asked = screenNamed(name) ?? missing;
    if (!this.tablet.unlocked && !asked?.open) {
      const gate = screenNamed(this.tablet.device() ? "lock" : "setup");
      if (gate) return gate;
    }
    if (!asked) throw new Error("The shell has no screens");
    return asked;
  }

  async #build(found: Registered, params: readonly string[], turn: number): Promise<void> {
    // A screen left while it was opening goes on in a place of its own: it must not write upon the one after it.
    const place = make("div", "screen");
    this.#page.outlet.replaceChildren(place);
    try {
      const leave = await found.screen(place, params, this);
      if (turn === this.#turn) this.#leave = leave;
      else await leave();
    } catch (fault) {
      if (turn !== this.#turn) return;
      console.error(fault);
      place.replaceChildren(this.part("broken"));
      slot(place, "why").textContent = fault instanceof Error ? fault.message : "";
      need(place, "[data-again]").addEventListener("click", () => background(this.show()));
    }
  }

  /** The start of a new screen is read from its head. */
  #begin(): void {
    window.scrollTo({ top: 0, behavior: "instant" });
    const inside = this.#page.outlet.contains(document.activeElement);
    const head = this.#page.outlet.querySelector<HTMLElement>("[data-first], h1");
    if (head && !inside) {
      if (!head.hasAttribute("tabindex") && head.tagName === "H1") head.tabIndex = -1;
      head.focus({ preventScroll: true });
    }
  }

  /** Resolves once the screen that stood has kept its words, whoever began to leave it. */
  #left(): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    if (leave) {
      const leaving = this.#kept(leave).finally(() => {
        if (this.#leaving === leaving) this.#leaving = null;
      });
      this.#leaving = leaving;
    }
    return this.#leaving ?? Promise.resolve();
  }

  async #kept(leave: Leave): Promise<void> {
    try {
      await patiently(leave());
    } catch (fault) {
      console.error(fault);
    }
  }

  #empty(): void {
    this.#status.moveTo(null);
    for (const dialog of document.querySelectorAll("dialog[open]")) (dialog as HTMLDialogElement).close();
    for (const child of [...document.body.children]) if (!this.#own.has(child)) child.remove();
    this.#page.outlet.replaceChildren();
    forgetFocus();
    if (this.tablet.unlocked) return;
    need(this.#page.frame, "[data-who]").textContent = "";
    need(document, "[data-menu-title]").textContent = this.#page.agency;
    document.querySelector("[data-toasts]")?.replaceChildren();
    document.getSelection()?.removeAllRanges();
    document.title = this.#page.agency;
  }
}

/** Waits for `work`, but not for ever. */
async function patiently(work: void | Promise<void>): Promise<void> {
  let timer = 0;
  const patience = new Promise<void>((resolve) => {
    timer = window.setTimeout(resolve, FLUSH_PATIENCE);
  });
  try {
    await Promise.race([work, patience]);
  } finally {
    window.clearTimeout(timer);
  }
}

/** An address that somebody mistyped is an address without a screen. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
