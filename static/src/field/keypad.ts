/**
 * Vital signs with one thumb: large keys in the corner of the chosen hand, the next reading comes up by itself, what is
 * unusual or critical is said at once and confirmed with the key that goes on. Every digit goes straight into the form's
 * own field, so that closing loses nothing.
 */
import { stageOf, stageOfTemperature, withDigit } from "../lib/vitals-digits.ts";
import type { Finding } from "../lib/vitals-limits.ts";
import { hoursAndMinutes } from "../lib/wall-clock.ts";
import { interrupt } from "./alarms.ts";
import { now } from "./clock.ts";
import { dialog } from "./dialogs.ts";
import { ghost, JUDGED, ORDER, type Part, type Step, shownValue } from "./keypad-view.ts";
import { pad, type Word } from "./keypad-words.ts";
import type { VitalsEntry } from "./vitals.ts";

const HAND = "mih-hand";

/** The red alarms that nobody has answered, in words. */
interface Alarms {
  red(): string[];
}

export class Keypad {
  private readonly box: HTMLDialogElement;
  private readonly vitals: VitalsEntry;
  private readonly alarms: Alarms;
  private readonly begun: () => void;
  private part: Part = "hr";
  /** Digits typed at the current reading since it came up; "" shows what the field holds. */
  private typed = "";
  /** Whether the digits are all there: nothing can follow, or the key to go on was pressed. */
  private finished = false;

  constructor(box: HTMLDialogElement, vitals: VitalsEntry, alarms: Alarms, begun: () => void) {
    this.box = box;
    this.vitals = vitals;
    this.alarms = alarms;
    this.begun = begun;
    this.hand(localStorage.getItem(HAND) === "left" ? "left" : "right");
    box.addEventListener("click", (event) => this.tapped(event));
    box.addEventListener("keydown", (event) => this.keyed(event));
    box.addEventListener("close", () => {
      this.settle();
      interrupt();
    });
    vitals.listen(() => this.draw());
  }

  open(): void {
    this.go(this.firstEmpty() ?? "hr");
    this.box.showModal();
    this.box.querySelector<HTMLElement>('[data-key="next"]')?.focus();
  }

  private firstEmpty(): Part | null {
    const step = ORDER.find((one) => this.shown(one) === "");
    if (step === undefined) return null;
    return step === "bp" ? "sbp" : step;
  }

  private get step(): Step {
    return this.part === "sbp" || this.part === "dbp" ? "bp" : this.part;
  }

  private tapped(event: Event): void {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
    if (!target) return;
    if (target.dataset.key) this.press(target.dataset.key);
    else if (target.dataset.word) this.say(target.dataset.word);
    else if (target.dataset.go) this.go(target.dataset.go === "bp" ? "sbp" : (target.dataset.go as Part));
    else if (target.dataset.keypadHand !== undefined)
      this.hand(this.box.dataset.hand === "left" ? "right" : "left");
    else if (target.dataset.keypadBefore !== undefined)
      this.vitals.put("before_arrival", this.vitals.yes("before_arrival") ? null : true);
  }

  private keyed(event: KeyboardEvent): void {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const word = pad(this.part)?.find((one) => one.key === key);
    if (/^\d$/.test(key) && pad(this.part)?.some((one) => one.value === key)) this.say(key);
    else if (/^\d$/.test(key)) this.press(key);
    else if (key === "." || key === ",") this.press(".");
    else if (key === "backspace") this.press("back");
    else if (key === "/" && this.part === "sbp") this.press("next");
    else if (
      key === "enter" &&
      !(event.target as HTMLElement).closest("[data-go], [data-closes], [data-word]")
    )
      this.press("next");
    else if (word) this.say(word.value);
    else return;
    event.preventDefault();
  }

  private press(key: string): void {
    if (key === "next") {
      this.onward();
      return;
    }
    if (this.part === "awake" || this.part === "pain") {
      if (key === "back") this.clear();
      return;
    }
    if (key === "back") this.back();
    else this.digit(key);
  }

  private digit(key: string): void {
    if (key === "." && (this.part !== "temp" || this.typed === "" || this.typed.includes("."))) return;
    const before = this.typed;
    this.typed = this.part === "temp" ? withDigit(before, key, this.ranges()) : before + key;
    if (this.typed.length > 5) this.typed = before;
    this.begun();
    if (before === "") this.forget();
    const whole = this.stage() === "whole";
    this.finished = whole;
    this.write(this.typed, whole);
    if (whole && this.worries().length === 0) this.advance();
    else this.draw();
  }

  private back(): void {
    if (this.typed === "") {
      this.clear();
      return;
    }
    const shorter = this.typed.endsWith(".") ? this.typed.slice(0, -2) : this.typed.slice(0, -1);
    this.typed = shorter;
    this.finished = false;
    this.write(shorter, false);
    this.draw();
  }

  /** Takes the current reading out. */
  private clear(): void {
    this.forget();
    for (const name of this.part === "awake" ? ["avpu", "gcs_eye", "gcs_verbal", "gcs_motor"] : [this.part])
      this.vitals.put(name, null);
    this.draw();
  }

  /** What else of the reading no longer holds once digits are typed. */
  private forget(): void {
    if (this.part === "glucose" && this.vitals.raw("glucose_word")) this.vitals.put("glucose_word", null);
    if (this.part === "dbp" && this.vitals.raw("bp_method") === "palpated")
      this.vitals.put("bp_method", null);
  }

  private write(digits: string, settled: boolean): void {
    const value = digits.replace(/\.$/, "");
    this.vitals.put(this.part, value === "" ? null : value, settled);
  }

  /** A reading given in a word: palpated, the meter's High or Low, alertness, pain, oxygen. */
  private say(value: string): void {
    const word = pad(this.part)?.find((one) => one.value === value);
    if (!word) return;
    this.begun();
    this.typed = "";
    for (const [name, put] of Object.entries(word.puts(this.vitals))) this.vitals.put(name, put);
    if (word.stays) this.draw();
    else if (this.worries().length === 0) this.advance();
    else this.draw();
  }

  /** Goes on; an unusual reading is confirmed by going on, one that cannot be is asked about first. */
  private onward(): void {
    const asked = this.finished;
    this.finished = true;
    if (this.typed !== "" && this.stage() !== "partial") this.write(this.typed, true);
    const worries = this.worries();
    if (!asked && this.typed !== "" && worries.length > 0) {
      this.draw();
      return;
    }
    if (worries.some((one) => one.level === "error") && this.box.dataset.stuck !== this.part) {
      this.box.dataset.stuck = this.part;
      this.draw();
      return;
    }
    for (const one of worries) if (one.level === "confirm") this.vitals.confirm(one.field);
    this.advance();
  }

  private advance(): void {
    this.settle();
    const palpated = this.vitals.raw("bp_method") === "palpated";
    if (this.part === "sbp" && this.vitals.raw("sbp") !== "" && !palpated) {
      this.turn("dbp");
      return;
    }
    const next = ORDER[ORDER.indexOf(this.step) + 1];
    if (next === undefined) {
      this.draw();
      this.box.querySelector<HTMLElement>("[data-keypad-done]")?.focus();
    } else this.go(next === "bp" ? "sbp" : next);
  }

  private go(part: Part): void {
    this.settle();
    this.turn(part);
  }

  private turn(part: Part): void {
    this.part = part;
    this.typed = "";
    this.finished = false;
    delete this.box.dataset.stuck;
    this.box.querySelector("[data-pad=words]")?.replaceChildren(...this.words());
    this.draw();
    this.tile(this.step)?.scrollIntoView({ block: "nearest" });
  }

  /** Hands over digits that no pause has handed over yet. */
  private settle(): void {
    if (this.typed !== "") this.write(this.typed, true);
  }

  private stage(): string {
    if (this.part === "temp") return stageOfTemperature(this.typed, this.ranges());
    const limit = this.vitals.data.limits.fields[this.part];
    return limit ? stageOf(this.typed, limit) : "partial";
  }

  private ranges(): readonly (readonly [number, number])[] {
    const { fields, fahrenheit } = this.vitals.data.limits;
    return fields.temp ? [fields.temp.hard, fahrenheit] : [fahrenheit];
  }

  /** Whether digits may still follow: 1 on the way to 16 is no reason for a word. */
  private get growing(): boolean {
    if (this.typed === "") return false;
    const stage = this.stage();
    return stage === "partial" || (stage === "open" && !this.finished);
  }

  /** What stands against the current reading. */
  private worries(): Finding[] {
    if (this.growing) return [];
    const names = this.part === "awake" ? JUDGED.awake : [this.part];
    return names.flatMap((name) => this.vitals.findings(name));
  }

  // What is seen

  private draw(): void {
    for (const step of ORDER) this.drawTile(step);
    const keys = this.part === "awake" || this.part === "pain";
    this.box.querySelector<HTMLElement>("[data-pad=keys]")?.toggleAttribute("hidden", keys);
    this.box.querySelector<HTMLElement>(".keypad-dot")?.toggleAttribute("disabled", this.part !== "temp");
    this.box.dataset.part = this.part;
    const worries = this.worries();
    const asks = worries.some((one) => one.level === "confirm");
    const next = this.box.querySelector<HTMLElement>('[data-key="next"]');
    if (next) {
      next.textContent = asks ? "Confirm" : this.part === "sbp" ? "/" : "Next";
      next.dataset.asks = asks ? "yes" : "no";
    }
    const label = this.tile(this.step)?.querySelector(".keypad-label")?.textContent ?? "";
    const ask = this.box.querySelector("[data-keypad-ask]");
    const part = this.part === "sbp" ? ", systolic" : this.part === "dbp" ? ", diastolic" : "";
    if (ask) ask.textContent = `${label}${part}`;
    const red = this.box.querySelector<HTMLElement>("[data-keypad-alarms]");
    const words = this.alarms.red().join(" ");
    if (red && red.textContent !== words) red.textContent = words;
    red?.toggleAttribute("hidden", words === "");
    const taken = this.vitals.raw("happened_at");
    const time = this.box.querySelector("[data-keypad-time]");
    if (time) time.textContent = taken.slice(-5) || hoursAndMinutes(now(), this.vitals.zone);
    this.box
      .querySelector("[data-keypad-before]")
      ?.setAttribute("aria-pressed", String(this.vitals.yes("before_arrival") === true));
    for (const word of this.box.querySelectorAll<HTMLElement>("[data-word]")) {
      const known = pad(this.part)?.find((one) => one.value === word.dataset.word);
      word.setAttribute("aria-pressed", String(known?.holds(this.vitals) ?? false));
    }
  }

  private drawTile(step: Step): void {
    const tile = this.tile(step);
    if (!tile) return;
    const current = step === this.step;
    tile.querySelector(".keypad-tile")?.setAttribute("aria-current", current ? "step" : "false");
    const value = tile.querySelector("[data-value]");
    if (value) value.textContent = this.shown(step);
    const last = tile.querySelector("[data-ghost]");
    if (last) last.textContent = ghost(step, this.vitals.data.before);
    const found = current && this.growing ? [] : JUDGED[step].flatMap((name) => this.vitals.findings(name));
    tile.dataset.level = found[0]?.level ?? "";
    const say = tile.querySelector<HTMLElement>("[data-say]");
    if (say) {
      const words = found.map((one) => one.sentence).join(" ");
      if (say.textContent !== words) say.textContent = words;
      say.hidden = words === "";
    }
  }

  private shown(step: Step): string {
    if (step === "temp" && this.part === "temp" && this.typed !== "") return this.typed;
    return shownValue(step, this.vitals, this.part === "dbp");
  }

  private words(): HTMLElement[] {
    const words = pad(this.part) ?? [];
    this.box.querySelector<HTMLElement>("[data-pad=words]")?.toggleAttribute("hidden", words.length === 0);
    return words.map((word: Word) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn keypad-key keypad-word";
      button.dataset.word = word.value;
      button.textContent = word.label;
      return button;
    });
  }

  private tile(step: Step): HTMLElement | null {
    return this.box.querySelector<HTMLElement>(`[data-step="${step}"]`);
  }

  private hand(side: "left" | "right"): void {
    this.box.dataset.hand = side;
    localStorage.setItem(HAND, side);
    const words = this.box.querySelector("[data-keypad-hand-words]");
    if (words) words.textContent = side === "left" ? "Right hand" : "Left hand";
  }
}

/** The keypad of the form that stands open; null where there is none. */
export function bindKeypad(vitals: VitalsEntry, alarms: Alarms, begun: () => void): Keypad | null {
  const box = dialog("keypad");
  const opener = document.querySelector<HTMLElement>("[data-keypad-open]");
  if (!box || !opener) return null;
  const keypad = new Keypad(box, vitals, alarms, begun);
  opener.addEventListener("click", () => keypad.open());
  return keypad;
}
