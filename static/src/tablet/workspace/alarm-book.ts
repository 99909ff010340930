/**
 * The alarms of a response: those the server has raised, and those that what stands on this tablet raises before it has.
 * An answer to either is a record of its own, so that it survives a restart and reaches the server with the rest.
 */
import { type AlarmShown, alarmCard, ring } from "../../field/alarm-card.ts";
import type { Catalogue } from "../../field/local-alarms.ts";
import type { AlarmRow, LocalResponse, Today } from "../store/index.ts";
import { momentWords } from "./moments.ts";

export interface KnownAlarm extends AlarmShown {
  readonly form: string;
  readonly at: string | null;
  /** Something documented resolved it: nobody is asked. */
  readonly met: boolean;
}

/** What one entry raises now. */
export interface Raised {
  readonly form: string;
  readonly entry: string;
  readonly due: ReadonlyMap<string, string>;
}

export class AlarmBook {
  private raised = new Map<string, Raised>();
  private response: LocalResponse;
  private today: Today;
  private readonly zone: string;

  constructor(response: LocalResponse, today: Today, zone: string) {
    this.response = response;
    this.today = today;
    this.zone = zone;
  }

  take(response: LocalResponse, today: Today): void {
    this.response = response;
    this.today = today;
  }

  /** Sets what an entry raises; what it raised before is gone. */
  set(raised: Raised): void {
    this.raised.set(raised.entry, raised);
  }

  /** Every alarm, those that wait first. */
  all(): KnownAlarm[] {
    const known = this.response.alarms.map((row) => this.fromServer(row));
    const keys = new Set(known.map(({ code, entry }) => `${code}/${entry}`));
    const local = Array.from(this.raised.values()).flatMap((raised) =>
      Array.from(raised.due, ([code, message]) => ({ ...raised, code, message }))
        .filter(({ code, entry }) => !keys.has(`${code}/${entry}`))
        .flatMap(({ code, message, form, entry }) => this.fromHere(code, message, form, entry)),
    );
    const found = [...local, ...known];
    return found.sort((one, other) => Number(waits(other)) - Number(waits(one)));
  }

  /** Red alarms that nobody has answered, in words. */
  red(): string[] {
    return this.all().flatMap((alarm) =>
      alarm.level === "red" && waits(alarm) ? [`${alarm.title}: ${alarm.what}`] : [],
    );
  }

  waiting(): KnownAlarm[] {
    return this.all().filter(waits);
  }

  /** Brings the cards, the bell and the strip above the form in step. */
  show(list: HTMLElement): void {
    const all = this.all();
    const none = document.createElement("p");
    none.className = "text-body-secondary mb-0";
    none.textContent = "No alarms stand.";
    list.replaceChildren(...(all.length > 0 ? all.map(alarmCard) : [none]));
    ring(list);
    const strip = document.querySelector<HTMLElement>("[data-red-now]");
    if (!strip) return;
    const words = this.red().join(" ");
    if (strip.textContent !== words) strip.textContent = words;
    strip.hidden = words === "";
  }

  private fromServer(row: AlarmRow): KnownAlarm {
    const known = (this.today.policies.alarms as unknown as Catalogue | undefined)?.[row.code];
    const met = row.state === "met";
    const said =
      row.state === "done" ? row.action : met ? row.action || "resolved by what is documented" : null;
    const who = row.state === "done" && row.at ? [row.by ?? "", momentWords(row.at, this.zone)] : [];
    return {
      id: row.id,
      code: row.code,
      entry: row.entry ?? "",
      form: row.form,
      level: levelOf(row.level || known?.level),
      title: row.title || known?.title || row.message,
      message: row.message,
      what: String(row.do ?? known?.what_to_do ?? ""),
      actions: Array.isArray(row.actions) ? row.actions.map(String) : (known?.actions ?? []),
      url: "kept",
      said,
      by: who.filter(Boolean).join(", "),
      at: row.at,
      met,
    };
  }

  private fromHere(code: string, message: string, form: string, entry: string): KnownAlarm[] {
    const known = (this.today.policies.alarms as unknown as Catalogue | undefined)?.[code];
    if (!known) return [];
    return [
      {
        id: "",
        code,
        entry,
        form,
        level: known.level,
        title: known.title,
        message,
        what: known.what_to_do,
        actions: known.actions ?? [],
        url: "kept",
        said: null,
        by: "",
        at: null,
        met: false,
      },
    ];
  }
}

function waits(alarm: KnownAlarm): boolean {
  return alarm.level !== "info" && alarm.said === null && !alarm.met;
}

function levelOf(level: string | undefined): "red" | "amber" | "info" {
  return level === "red" || level === "amber" ? level : "info";
}
