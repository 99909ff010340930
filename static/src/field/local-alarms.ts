/**
 * Alarms before the server answers: what is typed raises them on the page at once, in the server's own words. As soon as
 * the server has raised the same alarm its card takes over; what was said about it meanwhile is handed on.
 */
import { alarmCard, ring } from "./alarm-card.ts";
import type { Saver } from "./saver.ts";

export interface Known {
  readonly level: "red" | "amber" | "info";
  readonly title: string;
  readonly what_to_do: string;
  readonly actions?: readonly string[];
}

export type Catalogue = Readonly<Record<string, Known>>;

export class LocalAlarms {
  private readonly catalogue: Catalogue;
  private readonly saver: Saver;
  private readonly changed: () => void;
  private due = new Map<string, string>();
  private record = "";
  /** What was said about an alarm that only the tablet knows yet, by code and record. */
  private readonly held = new Map<string, string>();

  constructor(catalogue: Catalogue, saver: Saver, changed: () => void) {
    this.catalogue = catalogue;
    this.saver = saver;
    this.changed = changed;
  }

  /** What the form that stands open raises now, by code. */
  set(record: string, due: Map<string, string>): void {
    this.record = record;
    this.due = new Map([...due].filter(([code]) => this.catalogue[code]));
    this.show();
  }

  /** Red alarms that are due and that nobody has answered, with what to do: for a page that covers the others. */
  red(): string[] {
    return [...this.due.keys()].flatMap((code) => {
      const known = this.catalogue[code];
      const card = find(`${code}/${this.record}`);
      const said = this.held.has(`${code}/${this.record}`) || card?.dataset.acknowledged === "yes";
      if (known?.level !== "red" || said || (!card && !this.unsaved)) return [];
      return [`${known.title}: ${known.what_to_do}`];
    });
  }

  /** Brings the cards and the bell in step, after a change here or news from the server. */
  show(): void {
    const list = document.querySelector<HTMLElement>('[data-live-part="alarms"]');
    if (!list) return;
    for (const card of list.querySelectorAll("[data-alarm='']")) card.remove();
    for (const [code, message] of this.due) {
      const key = `${code}/${this.record}`;
      const known = this.catalogue[code];
      if (known && this.unsaved && !find(key)) list.prepend(this.card(code, known, message));
    }
    this.handOn();
    ring(list);
    const strip = document.querySelector<HTMLElement>("[data-red-now]");
    if (!strip) return;
    const words = this.red().join(" ");
    if (strip.textContent !== words) strip.textContent = words;
    strip.hidden = words === "";
  }

  /** Keeps what was done about an alarm until the server knows the alarm. */
  hold(key: string, action: string): void {
    this.held.set(key, action);
    this.show();
  }

  /** Whether the server has not yet had its say about what stands here. */
  private get unsaved(): boolean {
    return Object.keys(this.saver.unsaved(this.record)).length > 0;
  }

  private handOn(): void {
    for (const [key, action] of this.held) {
      const card = find(key);
      if (!card?.dataset.url) continue;
      this.held.delete(key);
      if (card.dataset.acknowledged === "yes") continue;
      card.dataset.acknowledged = "yes";
      card.dataset.handling = "done";
      void this.saver.post(card.dataset.url, { action }).then(() => this.changed());
    }
  }

  private card(code: string, known: Known, message: string): HTMLElement {
    return alarmCard({
      id: "",
      code,
      entry: this.record,
      level: known.level,
      title: known.title,
      message,
      what: known.what_to_do,
      actions: known.actions ?? [],
      url: "",
      said: this.held.get(`${code}/${this.record}`) ?? null,
      by: "",
    });
  }
}

/** The card of an alarm, whoever raised it. */
function find(key: string): HTMLElement | undefined {
  return Array.from(document.querySelectorAll<HTMLElement>("[data-alarm]")).find(
    (card) => `${card.dataset.code}/${card.dataset.entry}` === key,
  );
}
