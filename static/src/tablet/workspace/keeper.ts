/**
 * Keeps on the tablet what is typed into the records of one response. An answer is out of this class's hands only once
 * `commit` has said that it stands in the store; until then it is held here and tried again.
 */
import type { Change, FieldState, Keeping, Opened, Received, Refusals } from "../../field/saving.ts";
import { type Json, same, type Values } from "../../field/values.ts";
import type { Mutation, Saved } from "../store/index.ts";

interface Tracked {
  readonly form: string;
  readonly record: string;
  readonly stamped: boolean;
  version: number;
  /** What is kept, as far as this page knows: a change starts from it. */
  kept: Values;
  drafts: Map<string, Json>;
  refused: Map<string, { readonly value: Json; readonly sentence: string }>;
  begun: string | null;
}

export interface KeeperOptions {
  readonly encounter: string;
  readonly commit: (change: Mutation) => Promise<Saved>;
  /** The digest of the form that stands open. */
  readonly shaOf: (form: string) => string;
  readonly now: () => Date;
  readonly later: (work: () => void, milliseconds: number) => unknown;
  readonly onField: (record: string, field: string, state: FieldState, sentence: string) => void;
  readonly onSaved: (record: string, received: Received) => void;
  /** Whether something is typed that is not kept yet. */
  readonly onWaiting: (waiting: boolean) => void;
  /** A change that the store would not take, as a sentence; "" once it has. */
  readonly onTrouble: (sentence: string) => void;
}

const AGAIN = 2_000;

export class Keeper implements Keeping {
  readonly pause = 400;
  private readonly options: KeeperOptions;
  private readonly records = new Map<string, Tracked>();
  private working: Promise<void> | null = null;
  private planned = false;
  private inFlight: { readonly record: string; readonly changes: Record<string, Change> } | null = null;

  constructor(options: KeeperOptions) {
    this.options = options;
  }

  open({ form, record, version, values, stamped }: Opened): void {
    const known = this.records.get(record);
    if (known) {
      known.version = Math.max(known.version, version);
      known.kept = { ...values };
      for (const [field, value] of Object.entries(this.inFlight?.record === record ? this.flying : {}))
        known.kept[field] = value;
      return;
    }
    this.records.set(record, {
      form,
      record,
      stamped,
      version,
      kept: { ...values },
      drafts: new Map(),
      refused: new Map(),
      begun: null,
    });
  }

  /** Takes over the sentences for values of one record that the server could not take. */
  refuse(record: string, sentences: Refusals, values: Values): void {
    const tracked = this.records.get(record);
    if (!tracked) return;
    const before = tracked.refused;
    tracked.refused = new Map();
    for (const [field, sentence] of Object.entries(sentences)) {
      if (tracked.drafts.has(field)) continue;
      tracked.refused.set(field, { value: values[field] ?? null, sentence });
      this.options.onField(record, field, "refused", sentence);
    }
    for (const field of before.keys())
      if (!tracked.refused.has(field) && !tracked.drafts.has(field))
        this.options.onField(record, field, "", "");
  }

  unsaved(record: string): Values {
    const tracked = this.records.get(record);
    if (!tracked) return {};
    const found: Values = this.inFlight?.record === record ? { ...this.flying } : {};
    for (const [field, value] of tracked.drafts) found[field] = value;
    for (const [field, refusal] of tracked.refused) found[field] = refusal.value;
    return found;
  }

  refusals(record: string): Refusals {
    const refused = this.records.get(record)?.refused ?? new Map();
    return Object.fromEntries(Array.from(refused, ([field, { sentence }]) => [field, sentence]));
  }

  edit(record: string, field: string, value: Json): void {
    const tracked = this.records.get(record);
    if (!tracked) throw new Error(`No record ${record} is open.`);
    tracked.refused.delete(field);
    const stands = this.inFlight?.record === record ? this.flying[field] : undefined;
    if (same(stands === undefined ? tracked.kept[field] : stands, value)) {
      tracked.drafts.delete(field);
      this.options.onField(record, field, "", "");
    } else {
      tracked.begun ??= this.options.now().toISOString();
      tracked.drafts.set(field, value);
      this.options.onField(record, field, "pending", "");
    }
    this.options.onWaiting(this.waiting);
    if (this.planned) return;
    this.planned = true;
    this.options.later(() => this.flush(), 0);
  }

  flush(): void {
    this.planned = false;
    this.working ??= this.work().finally(() => {
      this.working = null;
      this.options.onWaiting(this.waiting);
    });
  }

  async settled(): Promise<boolean> {
    this.flush();
    await this.working;
    return !this.waiting;
  }

  /** Whether something typed is not kept yet. */
  get waiting(): boolean {
    return this.inFlight !== null || Array.from(this.records.values()).some(({ drafts }) => drafts.size > 0);
  }

  private get flying(): Values {
    const changes = this.inFlight?.changes ?? {};
    return Object.fromEntries(Object.entries(changes).map(([field, { value }]) => [field, value]));
  }

  private async work(): Promise<void> {
    for (let next = this.next(); next; next = this.next()) if (!(await this.keep(next))) return;
  }

  private next(): Tracked | undefined {
    return Array.from(this.records.values()).find(({ drafts }) => drafts.size > 0);
  }

  private async keep(tracked: Tracked): Promise<boolean> {
    const { record, form, version } = tracked;
    const drafts = tracked.drafts;
    tracked.drafts = new Map();
    const changes: Record<string, Change> = {};
    for (const [field, value] of drafts) changes[field] = { base: tracked.kept[field] ?? null, value };
    this.inFlight = { record, changes };
    const happened = version === 0 && tracked.stamped ? tracked.begun : null;
    try {
      await this.options.commit({
        type: "draft.patch",
        encounter: this.options.encounter,
        record,
        form: { key: form, sha: this.options.shaOf(form) },
        payload: { changes, base_version: version, happened_at: happened },
      });
    } catch (fault) {
      this.inFlight = null;
      for (const [field, value] of drafts) if (!tracked.drafts.has(field)) tracked.drafts.set(field, value);
      this.options.onTrouble(fault instanceof Error ? fault.message : String(fault));
      this.options.later(() => this.flush(), AGAIN);
      return false;
    }
    for (const [field, value] of drafts) tracked.kept[field] = value;
    this.inFlight = null;
    this.options.onTrouble("");
    for (const field of drafts.keys())
      if (!tracked.drafts.has(field)) this.options.onField(record, field, "", "");
    this.options.onSaved(record, {
      version: Math.max(1, tracked.version),
      values: { ...tracked.kept },
      clashes: [],
      received_at: this.options.now().toISOString(),
    });
    return true;
  }
}
