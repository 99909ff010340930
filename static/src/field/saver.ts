/**
 * Everything the tablet saves goes through here: typing becomes change sets, change sets are sent one after another,
 * and nothing typed is forgotten until the server has answered for it.
 *
 * A change set that was sent and not answered is sent again as it was, under the same identifier, so that it is
 * applied once. A value that the server refuses stays with its field and its sentence; the rest goes through.
 */
import { uuid7 } from "../lib/uuid7.ts";
import type { Answer, Change, Keeping, Opened, Options, Patch, Received, Refusals, State } from "./saving.ts";
import { type Json, same, type Values } from "./values.ts";

export type { Answer, FieldState, Patch, Received, State } from "./saving.ts";

interface Tracked {
  readonly form: string;
  readonly record: string;
  readonly stamped: boolean;
  version: number;
  base: Values;
  drafts: Map<string, Change>;
  refused: Map<string, { value: Json; sentence: string }>;
  blocked: string;
  begun: string | null;
}

interface Errand {
  readonly url: string;
  readonly body: unknown;
  readonly done: (answer: Answer) => void;
}

/** Milliseconds until the next try: 1, 2, 4 … 60 seconds. */
export function backoff(failures: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(failures, 6));
}

const PAUSE = 400;

export class Saver implements Keeping {
  readonly pause = 1_200;
  private readonly options: Options;
  private readonly records = new Map<string, Tracked>();
  private readonly errands: Errand[] = [];
  private sealed: Patch | null = null;
  private sending = false;
  private failures = 0;
  private planned = 0;
  private signedOut = false;
  private savedAt: Date | null = null;
  private readonly waiters: (() => void)[] = [];
  private exchanges = 0;

  constructor(options: Options) {
    this.options = options;
  }

  /** Takes up a record at the version and values the page shows. Unsaved typing in it is kept. */
  open({ form, record, version, values, stamped }: Opened): void {
    const known = this.records.get(record);
    if (known === undefined) {
      this.records.set(record, {
        form,
        record,
        stamped,
        version,
        base: { ...values },
        drafts: new Map(),
        refused: new Map(),
        blocked: "",
        begun: null,
      });
    } else if (version >= known.version) {
      known.version = version;
      known.base = { ...values };
    }
  }

  /** What was typed into a record and is not saved yet, refused values too: the page shows it over the server's. */
  unsaved(record: string): Values {
    const tracked = this.records.get(record);
    if (tracked === undefined) return {};
    const found: Values = {};
    if (this.sealed?.record === record) {
      for (const [field, change] of Object.entries(this.sealed.changes)) found[field] = change.value;
    }
    for (const [field, change] of tracked.drafts) found[field] = change.value;
    for (const [field, refusal] of tracked.refused) found[field] = refusal.value;
    return found;
  }

  /** The server's sentences for the values it refused, by field. */
  refusals(record: string): Refusals {
    const refused = this.records.get(record)?.refused ?? new Map();
    return Object.fromEntries(Array.from(refused, ([field, { sentence }]) => [field, sentence]));
  }

  /** Keeps one answer and sends it after a short pause. */
  edit(record: string, field: string, value: Json): void {
    const tracked = this.records.get(record);
    if (tracked === undefined) throw new Error(`No record ${record} is open.`);
    tracked.refused.delete(field);
    tracked.blocked = "";
    const inFlight = this.sealed?.record === record ? this.sealed.changes[field] : undefined;
    if (inFlight === undefined ? same(tracked.base[field], value) : same(inFlight.value, value)) {
      tracked.drafts.delete(field);
      this.options.onField(record, field, inFlight ? "pending" : "", "");
    } else {
      tracked.begun ??= this.options.now().toISOString();
      tracked.drafts.set(field, { base: tracked.base[field] ?? null, value });
      this.options.onField(record, field, "pending", "");
    }
    this.report();
    this.plan(PAUSE);
  }

  /** Sends something other than a change set, in turn and as stubbornly; resolves once the server has answered. */
  post(url: string, body: unknown): Promise<Answer> {
    return new Promise((done) => {
      this.errands.push({ url, body, done });
      this.report();
      this.plan(0);
    });
  }

  /** Sends at once what there is; the page may be about to go. */
  flush(): void {
    this.plan(0);
  }

  /** Tries again now: the signal is back, or somebody has signed in again. */
  retry(): void {
    this.signedOut = false;
    this.failures = 0;
    for (const tracked of this.records.values()) tracked.blocked = "";
    this.report();
    this.plan(0);
  }

  /** Grows with each request begun and each answered: a page fetched meanwhile shows the past. */
  get moment(): number {
    return this.exchanges;
  }

  /** Whether something is on its way to the server, or about to be. */
  get underWay(): boolean {
    return this.busy;
  }

  /** Whether leaving the page would lose anything. */
  get hasUnsaved(): boolean {
    return this.busy || this.troubled.length > 0;
  }

  /** Resolves once everything is saved or needs a person; true when all is saved. */
  async settled(): Promise<boolean> {
    this.flush();
    if (this.restless) await new Promise<void>((done) => this.waiters.push(done));
    return !this.hasUnsaved;
  }

  get state(): State {
    if (this.signedOut) return "signed_out";
    if (this.troubled.length > 0) return "attention";
    if (this.busy) return this.failures > 0 ? "waiting" : "saving";
    return this.savedAt === null ? "idle" : "saved";
  }

  private get restless(): boolean {
    return this.busy && this.troubled.length === 0 && !this.signedOut;
  }

  private get busy(): boolean {
    const drafts = Array.from(this.records.values()).some(
      (tracked) => tracked.drafts.size > 0 && tracked.blocked === "",
    );
    return drafts || this.sealed !== null || this.errands.length > 0;
  }

  private get troubled(): Tracked[] {
    return Array.from(this.records.values()).filter(
      (tracked) => tracked.refused.size > 0 || tracked.blocked !== "",
    );
  }

  private report(): void {
    const first = this.troubled[0];
    const sentence = first?.blocked || first?.refused.values().next().value?.sentence || "";
    this.options.onState(this.state, { savedAt: this.savedAt, sentence });
    if (!this.restless) for (const done of this.waiters.splice(0)) done();
  }

  private plan(milliseconds: number): void {
    this.planned += 1;
    const turn = this.planned;
    this.options.later(() => {
      if (turn === this.planned) void this.work();
    }, milliseconds);
  }

  private async work(): Promise<void> {
    if (this.sending || this.signedOut) return;
    this.sending = true;
    try {
      while (await this.step());
    } finally {
      this.sending = false;
      this.report();
    }
  }

  /** Sends one thing. False when there is nothing to send, or nothing more for now. */
  private async step(): Promise<boolean> {
    const errand = this.errands[0];
    if (this.sealed === null && errand !== undefined) {
      const answer = await this.exchange(errand.url, errand.body);
      if (this.mustWait(answer)) return false;
      this.errands.shift();
      this.failures = 0;
      if (answer.kind === "ok") this.savedAt = this.options.now();
      errand.done(answer);
      return true;
    }
    this.sealed ??= this.seal();
    if (this.sealed === null) return false;
    const patch = this.sealed;
    this.report();
    const answer = await this.exchange(this.options.url, patch);
    if (this.mustWait(answer)) return false;
    this.failures = 0;
    this.sealed = null;
    const tracked = this.records.get(patch.record);
    if (tracked === undefined) return true;
    if (answer.kind === "ok") this.accept(tracked, patch, answer.body as Received);
    else if (answer.kind === "refused") this.refuse(tracked, patch, answer);
    this.report();
    return true;
  }

  private async exchange(url: string, body: unknown): Promise<Answer> {
    this.exchanges += 1;
    const answer = await this.options.send(url, body);
    this.exchanges += 1;
    return answer;
  }

  private mustWait(answer: Answer): boolean {
    if (answer.kind === "signed_out") {
      this.signedOut = true;
      return true;
    }
    if (answer.kind !== "unsure") return false;
    this.failures += 1;
    this.plan(answer.wait ?? backoff(this.failures - 1));
    return true;
  }

  private seal(): Patch | null {
    for (const tracked of this.records.values()) {
      if (tracked.drafts.size === 0 || tracked.blocked !== "") continue;
      const changes = Object.fromEntries(tracked.drafts);
      tracked.drafts = new Map();
      return {
        id: uuid7(this.options.now().getTime()),
        form: tracked.form,
        record: tracked.record,
        base_version: tracked.version,
        changes,
        happened_at: tracked.version === 0 && tracked.stamped ? tracked.begun : null,
      };
    }
    return null;
  }

  private accept(tracked: Tracked, patch: Patch, received: Received): void {
    tracked.version = received.version;
    tracked.base = { ...received.values };
    this.savedAt = new Date(received.received_at);
    for (const field of Object.keys(patch.changes)) {
      const typed = tracked.drafts.get(field);
      if (typed === undefined) this.options.onField(tracked.record, field, "", "");
      else typed.base = received.values[field] ?? null;
    }
    this.options.onSaved(tracked.record, received);
  }

  private refuse(tracked: Tracked, patch: Patch, { sentence, fields }: Answer & { kind: "refused" }): void {
    const faulty = Object.keys(patch.changes).filter((field) => fields[field] !== undefined);
    for (const [field, change] of Object.entries(patch.changes)) {
      const reason = fields[field];
      if (tracked.drafts.has(field)) continue;
      if (reason === undefined) tracked.drafts.set(field, change);
      else {
        tracked.refused.set(field, { value: change.value, sentence: reason });
        this.options.onField(tracked.record, field, "refused", reason);
      }
    }
    if (faulty.length === 0) tracked.blocked = sentence;
  }
}
