/** The locked tablet: who it is, then their PIN. No case, no client, no word of a record. */
import type { App, Screen } from "../../app.ts";
import { KeysGone, type Tile, WrongPin } from "../../store/index.ts";
import { background } from "../background.ts";
import { fill, need, slot } from "../fill.ts";
import { clockWords } from "../moments.ts";
import { PinPad } from "../pin-pad.ts";
import { ageOf } from "../status.ts";

const FEW_TRIES = 4;
const LOOK_EVERY = 20_000;

/** `first`: whose keypad to show at once, as for whoever has just locked the tablet. */
export function lockScreen(opened: () => Promise<void>, first: () => string | null): Screen {
  return async (outlet, _params, app) => {
    const screen = new LockScreen(outlet, app, opened);
    await screen.begin(first());
    return () => screen.close();
  };
}

export function pendingWords(tile: Tile, zone: string): string {
  if (tile.pending === 0) return "All sent";
  const since = tile.oldest ? `, oldest ${clockWords(tile.oldest, zone)}` : "";
  return `${tile.pending} not sent${since}`;
}

class LockScreen {
  readonly #outlet: HTMLElement;
  readonly #app: App;
  readonly #opened: () => Promise<void>;
  #pad: PinPad | null = null;
  #chosen: Tile | null = null;
  #wait = 0;
  #look = 0;
  #users = new Map<string, Tile>();
  readonly #off: (() => void)[] = [];

  constructor(outlet: HTMLElement, app: App, opened: () => Promise<void>) {
    this.#outlet = outlet;
    this.#app = app;
    this.#opened = opened;
    outlet.replaceChildren(app.part("lock"));
    for (const button of outlet.querySelectorAll("[data-back]")) {
      button.addEventListener("click", () => background(this.#tiles()));
    }
    const name = app.tablet.device()?.name ?? "";
    slot(outlet, "device").textContent = name;
  }

  async begin(staff: string | null): Promise<void> {
    const users = await this.#fillTiles();
    const found = users.find((tile) => tile.staff === staff) ?? (users.length === 1 ? users[0] : undefined);
    if (found) this.#choose(found);
    else this.#step("who");
    this.#off.push(
      this.#app.tablet.on("status", () => this.#later()),
      this.#app.tablet.on("records", () => background(this.#keysGone())),
    );
    this.#look = window.setInterval(() => this.#later(), LOOK_EVERY);
  }

  close(): void {
    window.clearInterval(this.#wait);
    window.clearInterval(this.#look);
    for (const off of this.#off) off();
    this.#pad?.close();
  }

  #later(): void {
    if (!this.#chosen) background(this.#fillTiles());
  }

  /** Whoever stands at the keypad may have left the tablet, or lost their keys, since. */
  async #keysGone(): Promise<void> {
    const users = await this.#app.tablet.users();
    const chosen = this.#chosen;
    if (!chosen?.pinSet || !this.#outlet.isConnected) return;
    const found = users.find((user) => user.staff === chosen.staff);
    if (!found) await this.#tiles();
    else if (!found.pinSet) this.#choose(found);
  }

  #step(name: "who" | "pin" | "gone"): void {
    for (const each of ["who", "pin", "gone"]) {
      need(this.#outlet, `[data-lock-${each}]`).hidden = each !== name;
    }
    need(this.#outlet, `[data-lock-${name}] h1`).focus({ preventScroll: true });
  }

  async #tiles(): Promise<void> {
    window.clearInterval(this.#wait);
    this.#pad?.close();
    this.#pad = null;
    this.#chosen = null;
    this.#step("who");
    await this.#fillTiles();
  }

  /** A tile that says the same stays as it is: a finger may be on it. */
  async #fillTiles(): Promise<Tile[]> {
    const users = await this.#app.tablet.users();
    const place = need(this.#outlet, "[data-tiles]");
    this.#users = new Map(users.map((user) => [user.staff, user]));
    const standing = [...place.querySelectorAll<HTMLElement>("[data-tile]")];
    const tiles = users.map((user) => this.#tile(user));
    const focused = document.activeElement?.closest<HTMLElement>("[data-tile]")?.dataset.tile;
    if (
      standing.length === tiles.length &&
      tiles.every((tile, at) => tile.dataset.tile === standing[at]?.dataset.tile)
    ) {
      tiles.forEach((tile, at) => {
        if (!standing[at]?.isEqualNode(tile)) standing[at]?.replaceWith(tile);
      });
    } else {
      place.replaceChildren(...tiles);
    }
    if (focused) place.querySelector<HTMLElement>(`[data-tile="${focused}"]`)?.focus();
    return users;
  }

  #tile(user: Tile): HTMLElement {
    const tile = need(this.#app.part("tile"), "[data-tile]");
    tile.dataset.tile = user.staff;
    fill(tile, {
      initials: user.initials,
      name: user.name,
      pending: pendingWords(user, this.#app.zone),
      attention: user.attention > 0 ? `Needs attention (${user.attention})` : "",
      pin: user.pinSet ? "" : "Choose a new PIN",
    });
    slot(tile, "pending").dataset.age = user.pending > 0 ? ageOf(user.oldest, new Date()) : "none";
    tile.addEventListener("click", () => this.#choose(this.#users.get(user.staff) ?? user));
    return tile;
  }

  #choose(user: Tile): void {
    this.#chosen = user;
    if (!user.pinSet) {
      this.#step("gone");
      return;
    }
    fill(this.#outlet.querySelector("[data-lock-pin]") as HTMLElement, {
      initials: user.initials,
      name: user.name,
      state: [
        pendingWords(user, this.#app.zone),
        user.attention > 0 ? `Needs attention (${user.attention})` : "",
      ]
        .filter(Boolean)
        .join(" · "),
    });
    this.#say("");
    this.#pad?.close();
    this.#pad = new PinPad(need(this.#outlet, "[data-lock-pin] [data-pad]"), this.#app, {
      label: "Your PIN",
      done: "Unlock",
      onDone: (pin) => background(this.#try(user, pin)),
    });
    this.#step("pin");
    const wait = user.waitUntil ? Math.ceil((user.waitUntil.getTime() - Date.now()) / 1_000) : 0;
    if (wait > 0) this.#waitFor(wait, "");
  }

  async #try(user: Tile, pin: string): Promise<void> {
    const pad = this.#pad;
    if (!pad) return;
    pad.rest(true);
    this.#say("Opening…");
    try {
      await this.#app.tablet.unlock(user.staff, pin);
    } catch (fault) {
      pad.clear();
      pad.rest(false);
      this.#refused(fault);
      return;
    }
    pad.clear();
    await this.#opened();
  }

  #refused(fault: unknown): void {
    if (fault instanceof KeysGone) {
      this.#step("gone");
      return;
    }
    if (fault instanceof WrongPin) {
      const left =
        fault.triesLeft <= FEW_TRIES
          ? ` ${fault.triesLeft} ${fault.triesLeft === 1 ? "try" : "tries"} left; after that you sign in and choose a new PIN. Nothing is lost.`
          : ` ${fault.triesLeft} tries left.`;
      if (fault.waitSeconds > 0) this.#waitFor(fault.waitSeconds, left);
      else this.#say(`That PIN is not right.${left}`);
      return;
    }
    console.error(fault);
    this.#say(fault instanceof Error ? fault.message : "The tablet could not be opened. Try again.");
  }

  #waitFor(seconds: number, left: string): void {
    const until = Date.now() + seconds * 1_000;
    window.clearInterval(this.#wait);
    const show = (): void => {
      const rest = Math.ceil((until - Date.now()) / 1_000);
      this.#pad?.rest(rest > 0);
      if (rest > 0) this.#say(`That PIN is not right. Wait ${rest} s, then try again.${left}`);
      else {
        window.clearInterval(this.#wait);
        this.#say(`You can try again now.${left}`);
      }
    };
    this.#wait = window.setInterval(show, 1_000);
    show();
  }

  #say(words: string): void {
    const place = slot(this.#outlet, "fault");
    if (place.textContent !== words) place.textContent = words;
  }
}
