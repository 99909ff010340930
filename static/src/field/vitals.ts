/**
 * Vital signs while they are typed: what is impossible, unusual or critical is said beside the number at once, an unusual
 * one is confirmed there with one tap, and alarms are raised before the server answers.
 */

import {
  celsius,
  type Finding,
  findings,
  type Limits,
  type Measured,
  pressureProblem,
  pressures,
  type Vitals,
} from "../lib/vitals-limits.ts";
import { alarmsDue, type Scoring, withTotal } from "../lib/vitals-scores.ts";
import { hoursAndMinutes } from "../lib/wall-clock.ts";
import { fieldBlock, readField, writeField } from "./fields.ts";
import type { Json } from "./values.ts";

export interface VitalsData extends Scoring {
  readonly alarmsBeforeArrival: boolean;
  readonly before: Readonly<Record<string, string | number>>;
}

const NUMBERS = ["hr", "rr", "spo2", "sbp", "dbp", "etco2", "o2_flow", "pain", "weight"];
const PARTS = ["gcs_eye", "gcs_verbal", "gcs_motor"];
const KINDS: Readonly<Record<string, string>> = {
  before_arrival: "yesno",
  on_oxygen: "yesno",
  new_confusion: "yesno",
  scale2_ordered: "yesno",
  confirmed: "many",
  happened_at: "datetime",
};
/** The block that a finding about something worked out is shown at. */
const SHOWN_AT: Readonly<Record<string, string>> = { gcs_total: "gcs_motor" };
const CONFIRMABLE = ["sbp", "dbp", "hr", "spo2", "rr", "etco2", "glucose", "temp", "gcs_total", "pain"];

const TYPING_PAUSE = 1_200;

export class VitalsEntry {
  readonly root: HTMLFormElement;
  readonly data: VitalsData;
  readonly zone: string;
  private readonly onAlarms: (due: Map<string, string>) => void;
  private readonly listeners: (() => void)[] = [];
  private pause = 0;
  private lastConfirmed = new Map<string, Measured>();

  constructor(
    root: HTMLFormElement,
    data: VitalsData,
    zone: string,
    onAlarms: (due: Map<string, string>) => void,
  ) {
    this.root = root;
    this.data = data;
    this.zone = zone;
    this.onAlarms = onAlarms;
    for (const name of this.confirmed()) this.lastConfirmed.set(name, this.set()[name]);
    root.addEventListener("input", () => {
      // Half a number is no reading: 1 on the way to 16 must alarm nobody.
      window.clearTimeout(this.pause);
      this.pause = window.setTimeout(() => this.update(), TYPING_PAUSE);
      this.tell();
    });
    root.addEventListener("change", (event) => {
      window.clearTimeout(this.pause);
      this.split(event.target);
      this.unconfirm();
      this.update();
    });
    root.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest<HTMLElement>("[data-confirm]");
      if (button) this.confirm(button.dataset.confirm ?? "");
    });
    this.update();
  }

  /** Called after every change. */
  listen(told: () => void): void {
    this.listeners.push(told);
  }

  raw(name: string): string {
    const block = fieldBlock(this.root, name);
    return block ? String(readField(block, "text", this.zone) ?? "") : "";
  }

  /** Puts a value into a field as if it had been typed there: it is kept and sent like any other. */
  put(name: string, value: Json, settled = true): void {
    const block = fieldBlock(this.root, name);
    if (!block) return;
    writeField(block, KINDS[name] ?? "text", value, this.zone);
    const control = block.querySelector("input, select, textarea");
    control?.dispatchEvent(new Event(settled ? "change" : "input", { bubbles: true }));
  }

  yes(name: string): boolean | null {
    const text = this.raw(name);
    return text === "" ? null : text === "true";
  }

  /** The set as the limits read it. */
  set(): Vitals {
    return setOf((name) => this.raw(name), this.data.limits);
  }

  /** Everything to say about one field, the gravest first. */
  findings(name: string, set: Vitals = this.set()): Finding[] {
    const found = findings(name, set[name], this.data.limits, this.confirmed().has(name));
    const across = name === "dbp" ? pressureProblem(set.sbp, set.dbp, this.data.limits) : "";
    return across ? [{ field: name, level: "error", sentence: across }, ...found] : found;
  }

  confirmed(): Set<string> {
    const block = fieldBlock(this.root, "confirmed");
    const chosen = block ? readField(block, "many", this.zone) : [];
    return new Set((Array.isArray(chosen) ? chosen : []).map(String));
  }

  confirm(name: string): void {
    if (!CONFIRMABLE.includes(name)) return;
    this.lastConfirmed.set(name, this.set()[name]);
    this.put("confirmed", [...this.confirmed().add(name)]);
  }

  update(): void {
    const set = this.set();
    for (const name of [...CONFIRMABLE, "avpu"]) this.show(name, this.findings(name, set));
    this.onAlarms(this.due(set));
    this.tell();
  }

  private tell(): void {
    for (const told of this.listeners) told();
  }

  private due(set: Vitals): Map<string, string> {
    if (this.yes("before_arrival") && !this.data.alarmsBeforeArrival) return new Map();
    const at = Date.parse(String(readField(blockOf(this.root, "happened_at"), "datetime", this.zone) ?? ""));
    const around = {
      onOxygen: this.yes("on_oxygen"),
      newConfusion: this.yes("new_confusion"),
      scale2: this.yes("scale2_ordered") === true,
    };
    return alarmsDue(
      set,
      around,
      this.data,
      Number.isNaN(at) ? "" : hoursAndMinutes(new Date(at), this.zone),
    );
  }

  private show(name: string, found: Finding[]): void {
    const block = fieldBlock(this.root, SHOWN_AT[name] ?? name);
    if (!block) return;
    let place = block.querySelector<HTMLElement>(`[data-finding="${name}"]`);
    if (!place) {
      place = document.createElement("div");
      place.dataset.finding = name;
      place.className = "finding";
      place.setAttribute("role", "status");
      block.append(place);
    }
    // A value that the server has refused already carries its sentence.
    const told = found.filter((one) => one.level !== "error" || block.dataset.state !== "refused");
    const confirmed = this.confirmed().has(name);
    const words = told.map((one) => one.sentence).join(" ");
    if (place.dataset.words === `${words}${confirmed}`) return;
    place.dataset.words = `${words}${confirmed}`;
    place.dataset.level = told[0]?.level ?? "";
    place.replaceChildren();
    for (const one of told) {
      const line = document.createElement("p");
      line.textContent = one.sentence;
      place.append(line);
    }
    if (told.some((one) => one.level === "confirm")) place.append(this.button(name));
    else if (confirmed) {
      const line = document.createElement("p");
      line.className = "finding-confirmed";
      line.textContent = "Confirmed: checked and right.";
      place.append(line);
    }
  }

  private button(name: string): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary";
    button.dataset.confirm = name;
    button.textContent = "It is right: confirm";
    return button;
  }

  /** A value that changes after it was confirmed asks again, as on the server. */
  private unconfirm(): void {
    const confirmed = this.confirmed();
    const set = this.set();
    const stale = [...confirmed].filter((name) => {
      if (!this.lastConfirmed.has(name)) this.lastConfirmed.set(name, set[name]);
      return this.lastConfirmed.get(name) !== set[name];
    });
    if (stale.length === 0) return;
    for (const name of stale) {
      confirmed.delete(name);
      this.lastConfirmed.delete(name);
    }
    this.put("confirmed", [...confirmed]);
  }

  /** `120/80` or `120/P` in the box of the systolic pressure fills both. */
  private split(target: EventTarget | null): void {
    const block = target instanceof Element ? target.closest<HTMLElement>('[data-field="sbp"]') : null;
    const found = block ? pressures(this.raw("sbp")) : null;
    if (!found) return;
    this.put("sbp", found.sbp);
    this.put("dbp", found.dbp === "P" ? null : found.dbp);
    if (found.dbp === "P") this.put("bp_method", "palpated");
    else if (this.raw("bp_method") === "palpated") this.put("bp_method", null);
  }
}

/** The set that `raw` gives field by field, as it is typed. */
export function setOf(raw: (name: string) => string, limits: Limits): Vitals {
  const read: Record<string, Measured> = {};
  for (const name of [...NUMBERS, ...PARTS]) read[name] = number(raw(name));
  const temperature = raw("temp");
  read.temp = temperature === "" ? null : (celsius(temperature, limits) ?? temperature);
  read.glucose = raw("glucose_word") || number(raw("glucose"));
  read.avpu = raw("avpu") || null;
  if (read.dbp === null && read.sbp !== null && raw("bp_method") === "palpated") read.dbp = "P";
  return withTotal(read);
}

function blockOf(root: HTMLElement, name: string): HTMLElement {
  return fieldBlock(root, name) ?? root;
}

function number(text: string): Measured {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isNaN(value) ? text : value;
}
