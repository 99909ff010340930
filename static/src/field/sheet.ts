/** Binds one server-rendered form to the saver: what is typed is kept, what is answered is shown. */
import type { Definition } from "../lib/instrument-definition.ts";
import { type BoundInstrument, bindInstrument } from "../lib/instrument-form.ts";
import type { Result } from "../lib/instruments.ts";
import { bindRows } from "../lib/rows.ts";
import { bindSignatures } from "../lib/signature.ts";
import { hoursAndMinutes } from "../lib/wall-clock.ts";
import { now } from "./clock.ts";
import { fieldBlock, fieldName, firstControl, readField, writeField } from "./fields.ts";
import { showMoments } from "./moment.ts";
import { json } from "./page-data.ts";
import type { FieldState, Keeping, Received } from "./saving.ts";
import { bindShowing, showWhatApplies } from "./showing.ts";
import { type Json, same, type Values } from "./values.ts";

export interface SheetData {
  readonly values: Values;
  readonly kinds: Readonly<Record<string, string>>;
  readonly instrument: Definition | null;
  readonly context: Readonly<Record<string, unknown>>;
  /** Whether what the form records happens while it is filled, so that its time is now unless told otherwise. */
  readonly timed: boolean;
}

const TIME = "happened_at";

export class Sheet {
  readonly form: string;
  readonly record: string;
  private readonly root: HTMLFormElement;
  private readonly saver: Keeping;
  private readonly zone: string;
  private readonly data: SheetData;
  private base: Values;
  private readonly instrument: BoundInstrument | null;
  private readonly typing = new Map<string, number>();
  private readonly onAlarms: (due: Map<string, string>) => void;

  constructor(
    root: HTMLFormElement,
    saver: Keeping,
    zone: string,
    onAlarms: (due: Map<string, string>) => void,
    data = json<SheetData>("[data-sheet]", root),
  ) {
    this.root = root;
    this.onAlarms = onAlarms;
    this.saver = saver;
    this.zone = zone;
    this.form = root.dataset.form ?? "";
    this.record = root.dataset.record ?? "";
    this.data = data ?? { values: {}, kinds: {}, instrument: null, context: {}, timed: false };
    this.base = this.data.values;
    saver.open({
      form: this.form,
      record: this.record,
      version: Number(root.dataset.version),
      values: this.base,
      stamped: !(TIME in this.data.kinds),
    });
    bindRows(root);
    bindSignatures(root, now);
    showMoments(root);
    this.overlay();
    bindShowing(root, this.data.kinds, zone);
    this.instrument = this.bindInstrument();
    root.addEventListener("submit", (event) => event.preventDefault());
    root.addEventListener("change", (event) => this.changed(event));
    root.addEventListener("input", (event) => this.typed(event));
    root.addEventListener("click", (event) => this.tapped(event));
  }

  /** Keeps what is being typed without waiting for the pause. */
  commit(): void {
    for (const name of Array.from(this.typing.keys())) this.keep(name);
  }

  /** Puts the cursor in a field and marks it for a moment. */
  focusField(name: string): boolean {
    const block = fieldBlock(this.root, name);
    if (!block) return false;
    block.hidden = false;
    block.scrollIntoView({ block: "center", behavior: "instant" });
    block.dataset.found = "yes";
    window.setTimeout(() => delete block.dataset.found, 4_000);
    firstControl(block)?.focus({ preventScroll: true });
    return true;
  }

  /** Shows a field's state: pending, or refused with its sentence. */
  mark(name: string, state: FieldState, sentence: string): void {
    const block = fieldBlock(this.root, name);
    if (!block) return;
    block.dataset.state = state;
    let message = block.querySelector<HTMLElement>("[data-error]");
    if (!message && state === "refused") {
      message = document.createElement("p");
      message.dataset.error = "";
      message.className = "answer-error";
      block.append(message);
    }
    if (message) {
      message.id ||= `error_${this.form}_${name}`;
      message.textContent = sentence;
      message.hidden = state !== "refused";
    }
    for (const control of block.querySelectorAll("input, select, textarea")) {
      if (state === "refused") {
        control.setAttribute("aria-invalid", "true");
        if (message) control.setAttribute("aria-errormessage", message.id);
      } else {
        control.removeAttribute("aria-invalid");
        control.removeAttribute("aria-errormessage");
      }
    }
  }

  /** Takes over what the server made of a save: other people's values, and its own spelling of ours. */
  saved(received: Received): void {
    const unsaved = this.saver.unsaved(this.record);
    for (const [name, value] of Object.entries(received.values)) {
      const block = fieldBlock(this.root, name);
      const kind = this.data.kinds[name];
      if (!block || !kind || name in unsaved || this.typing.has(name)) continue;
      if (block.contains(document.activeElement)) continue;
      const shown = readField(block, kind, this.zone);
      if (!same(shown, value) || kind === "phone") writeField(block, kind, value, this.zone);
    }
    this.base = received.values;
    this.root.dataset.version = String(received.version);
    this.instrument?.update();
    showWhatApplies(this.root, this.data.kinds, this.zone);
  }

  private bindInstrument(): BoundInstrument | null {
    const block = this.root.querySelector<HTMLElement>("[data-instrument]");
    if (!block || !this.data.instrument) return null;
    return bindInstrument(block, this.data.instrument, {
      context: this.data.context,
      onChange: (result) => this.raise(result),
    });
  }

  /** Tells of the alarms that the answers raise, in the words the server will use. */
  private raise(result: Result): void {
    const block = fieldBlock(this.root, TIME);
    const at = block ? Date.parse(String(readField(block, "datetime", this.zone) ?? "")) : Number.NaN;
    const when = Number.isNaN(at) ? "" : ` (${hoursAndMinutes(new Date(at), this.zone)})`;
    this.onAlarms(new Map(result.flags.map((flag) => [flag.code, `${flag.text}${when}`])));
  }

  /** Shows what was typed before and is not saved, over what the server sent. */
  private overlay(): void {
    const refused = this.saver.refusals(this.record);
    for (const [name, value] of Object.entries(this.saver.unsaved(this.record))) {
      const block = fieldBlock(this.root, name);
      const kind = this.data.kinds[name];
      if (!block || !kind) continue;
      writeField(block, kind, value, this.zone);
      const sentence = refused[name];
      this.mark(name, sentence === undefined ? "pending" : "refused", sentence ?? "");
    }
  }

  private changed(event: Event): void {
    const block = blockOf(event.target);
    if (!block) return;
    this.keep(fieldName(block));
    this.takeReadings();
  }

  private typed(event: Event): void {
    const target = event.target;
    const block = blockOf(target);
    if (!block || !(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
    if (target.type === "radio" || target.type === "checkbox") return;
    const name = fieldName(block);
    window.clearTimeout(this.typing.get(name));
    this.typing.set(
      name,
      window.setTimeout(() => this.keep(name), this.saver.pause),
    );
  }

  private tapped(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const block = blockOf(target);
    if (!block || !target) return;
    if (target.closest("button[data-now]")) {
      writeField(block, "datetime", now().toISOString(), this.zone);
      this.keep(fieldName(block));
    }
    if (target.closest("[data-clear]")) {
      writeField(block, this.data.kinds[fieldName(block)] ?? "text", null, this.zone);
      this.keep(fieldName(block));
      firstControl(block)?.focus();
    }
  }

  private keep(name: string): void {
    window.clearTimeout(this.typing.get(name));
    this.typing.delete(name);
    const block = fieldBlock(this.root, name);
    const kind = this.data.kinds[name];
    if (!block || !kind) return;
    const value: Json = readField(block, kind, this.zone);
    if (name in this.saver.unsaved(this.record) || !same(this.base[name], value)) {
      this.saver.edit(this.record, name, value);
      if (name !== TIME) this.stamp();
    }
  }

  /**
   * The first answer of a new entry sets its time, where it can be seen and changed. `always` also where the form asks the
   * crew for the time itself.
   */
  stamp(always = false): void {
    const block = fieldBlock(this.root, TIME);
    if (!block || readField(block, "datetime", this.zone)) return;
    if (!always && (!this.data.timed || this.root.dataset.version !== "0")) return;
    writeField(block, "datetime", now().toISOString(), this.zone);
    this.keep(TIME);
  }

  /** Writes a dose and the films that make it, for the server to say whether it may be given. */
  give(mg: string, films: Json): void {
    for (const [name, value] of [
      ["mg", mg],
      ["films", films],
    ] as const) {
      const block = fieldBlock(this.root, name);
      if (!block) continue;
      writeField(block, this.data.kinds[name] ?? "text", value, this.zone);
      this.keep(name);
    }
    this.focusField(TIME);
  }

  /** Once the first question is answered, an answer that follows from a vital sign is filled in. */
  private takeReadings(): void {
    const rate = this.data.context.hr;
    if (!this.instrument || typeof rate !== "number") return;
    if (Object.keys(this.instrument.answers()).length === 1) this.instrument.derive("hr", rate);
  }
}

function blockOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-field], [data-item]") : null;
}
