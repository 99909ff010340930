/** A user at work: their keys, their view of the responses, their changes. */
import { attachedItem, attachedUnsent } from "./attached.ts";
import { BegunForms } from "./begun.ts";
import type { Context } from "./context.ts";
import { ASKING, type Own, overlaid, type Seen } from "./drafts.ts";
import type { Box, Keys } from "./keys.ts";
import { held } from "./locks.ts";
import type { Author, Committed, Outbox } from "./outbox.ts";
import { type Cases, type KeptLists, Reading } from "./reading.ts";
import type { LocalResponse, ResponseCard, ResponseRow, Today } from "./records.ts";
import type { DraftRow, OutboxRow } from "./rows.ts";
import { settledNow } from "./settling.ts";
import {
  type BlobRow,
  type Hold,
  type Mutation,
  type PatchPayload,
  Refused,
  type Saved,
  type StaffInfo,
  type Unlocked,
  type UnsentItem,
} from "./types.ts";

/** Who wants to know that something is being stored. */
export interface Around {
  begin(): void;
  end(stored: boolean): void;
}

const EMPTY: Omit<Today, "fetchedAt" | "responses" | "bundle" | "zone"> = {
  forms: {},
  policies: {},
  shift: null,
  programmes: [],
  units: [],
  options: {},
  calls: [],
  cases: [],
};

export class Session implements Unlocked {
  readonly staff: StaffInfo;
  readonly keys: Keys;
  readonly begun: BegunForms;
  private readonly context: Context;
  private readonly outbox: Outbox;
  private readonly around: Around;
  private readonly reading: Reading;
  private over = false;

  constructor(context: Context, outbox: Outbox, staff: StaffInfo, keys: Keys, around: Around) {
    this.context = context;
    this.outbox = outbox;
    this.staff = staff;
    this.keys = keys;
    this.around = around;
    this.reading = new Reading(context, outbox, staff.id, keys);
    this.begun = new BegunForms(context, staff.id, keys);
  }

  /** Nothing can be read or committed with this any more. */
  end(): void {
    this.over = true;
    this.reading.end();
    // The last reference to the keys: what is in memory from here on opens nothing.
    Reflect.set(this, "keys", null);
    Reflect.set(this.begun, "keys", null);
  }

  get ended(): boolean {
    return this.over;
  }

  async commit(change: Mutation): Promise<Saved> {
    let stored = false;
    this.around.begin();
    try {
      const complete = change.type === "draft.patch" ? await this.based(change) : change;
      const { mid, seq, at, durable } = await this.committed(complete);
      stored = true;
      return { mid, seq, at, durable };
    } finally {
      this.around.end(stored);
    }
  }

  private committed(change: Mutation, resealed = 0): Promise<Committed> {
    if (this.over) throw new Refused("The tablet is locked.");
    const author: Author = {
      staff: this.staff.id,
      keys: this.keys,
      recall: (mid) => this.reading.recall(mid),
      remember: (mid, payload) => this.reading.remember(mid, payload),
    };
    return this.outbox.commit(author, change, resealed);
  }

  /** Gives each change without a base the last value this user saw. */
  private async based(change: Mutation): Promise<Mutation> {
    const { changes, ...rest } = change.payload as PatchPayload;
    if (Object.values(changes).every(({ base }) => base !== undefined) || !change.encounter) return change;
    const seen = (await this.response(change.encounter))?.entries.find(
      ({ record }) => record === change.record,
    );
    const based = Object.entries(changes).map(([field, { base, value }]) => [
      field,
      { base: base === undefined ? (seen?.values[field] ?? null) : base, value },
    ]);
    return {
      ...change,
      payload: { base_version: seen?.version ?? 0, ...rest, changes: Object.fromEntries(based) },
    };
  }

  async response(id: string): Promise<LocalResponse | null> {
    const { kept, responses } = await this.cases(id);
    return overlaid(id, await this.own(id), this.seen(responses[0] ?? null, kept));
  }

  async today(): Promise<Today> {
    const { kept, responses } = await this.cases();
    const own = await this.own();
    const ids = new Set([
      ...responses.map(({ id }) => id),
      ...own.filter(({ row }) => row.type === "encounter.create").map(({ row }) => row.encounter),
    ]);
    const cards = Array.from(ids).flatMap((id) => {
      const pulled = responses.find((response) => response.id === id) ?? null;
      const found = overlaid(id, own, this.seen(pulled, kept));
      return found ? [cardOf(found, own)] : [];
    });
    return {
      ...EMPTY,
      zone: this.context.device()?.zone ?? "",
      ...(kept?.lists ?? { bundle: null }),
      fetchedAt: kept ? new Date(kept.fetchedAt) : null,
      responses: cards.sort((one, other) => (one.created_at < other.created_at ? 1 : -1)),
    };
  }

  async unsent(): Promise<UnsentItem[]> {
    const own = await this.own();
    const { outbox } = this;
    const { unsentItem } = await import("./words.ts");
    // With the disk out of reach, what memory holds is shown; an empty list would say that everything is received.
    const all = await (outbox.strained ? outbox.pending() : outbox.all());
    const waiting = all.filter(({ staff }) => staff === this.staff.id);
    const items = waiting.map((row) => unsentItem(row, own.find((one) => one.row.mid === row.mid) ?? null));
    const asking = own
      .filter(
        ({ row }) => row.outcome !== null && !row.settled && !waiting.some(({ mid }) => mid === row.mid),
      )
      .filter(({ row }) => row.outcome === "held" || ASKING.includes(row.outcome ?? ""))
      .map((one) => unsentItem(null, one));
    const attached = await attachedUnsent(this.context, new Set(waiting.map(({ mid }) => mid))).catch(
      (error: unknown) => {
        if (!outbox.strained) throw error;
        return [];
      },
    );
    const photos = attached.filter(({ staff }) => staff === this.staff.id).map(attachedItem);
    return [...asking, ...items, ...photos];
  }

  async dismiss(mid: string): Promise<void> {
    await this.settle([mid]);
    this.context.emit("records");
  }

  hold(draft: string): Promise<Hold> {
    return held(`${this.staff.id}:${draft}`);
  }

  lockBytes(name: string, plain: Uint8Array): Promise<Uint8Array> {
    return this.keys.dek.lock("bytes", name, plain);
  }

  openBytes(name: string, kept: Uint8Array): Promise<Uint8Array> {
    return this.keys.dek.open("bytes", name, kept);
  }

  serverKey(): { kid: string; pk: Uint8Array } {
    const key = this.context.device()?.keys[0];
    if (key === undefined) throw new Refused("This tablet is not set up yet.");
    return key;
  }

  blobs(): Promise<BlobRow[]> {
    return this.context.db.read(["blobs"], (rows) => rows.all<BlobRow>("blobs", "staff", this.staff.id));
  }

  async dropBlob(blob: string): Promise<void> {
    await this.context.db.write(["blobs", "outbox", "drafts", "streams"], async (rows) => {
      const row = await rows.get<BlobRow>("blobs", blob);
      const link = row?.mid ? await rows.get<OutboxRow>("outbox", row.mid) : undefined;
      const head = link && (await rows.get<{ mid: string }>("streams", [link.staff, link.encounter ?? ""]));
      if (!row || !link || link.tried || head?.mid !== link.mid) {
        throw new Refused("It is on its way already and cannot be taken back.");
      }
      await rows.delete("blobs", blob);
      await rows.delete("outbox", link.mid);
      await rows.delete("drafts", link.mid);
      const stream = { staff: link.staff, encounter: link.encounter };
      if (link.prev === null) await rows.delete("streams", [link.staff, link.encounter ?? ""]);
      else await rows.put("streams", { ...stream, mid: link.prev });
    });
    this.context.emit("status");
  }

  /** The salt of the day's cases is about to go: the next ones get another. */
  forgetDay(): void {
    this.reading.forgetDay();
  }

  /** The box of the day's cases; its salt is made when there is none. */
  dayBox(): Promise<Box> {
    return this.reading.dayBox();
  }

  /** What is kept of pulls: one response, or all of them. */
  cases(id?: string): Promise<Cases> {
    return this.reading.cases(id);
  }

  private own(encounter?: string): Promise<Own[]> {
    return this.reading.own(encounter);
  }

  /** Seals anew what the server could not open, and lets go of what pulls already show. */
  async tidy(): Promise<void> {
    const { kept, responses } = await this.cases();
    const own = await this.own();
    for (const { row, payload } of own.filter((one) => one.row.code === "open_failed" && !one.row.settled)) {
      if (row.outcome !== "quarantined" || row.resealed >= 3 || row.kept === null) continue;
      const [key, sha] = row.form?.split("@") ?? [];
      await this.committed(
        {
          type: row.type,
          payload,
          ...(row.encounter ? { encounter: row.encounter } : {}),
          ...(row.record ? { record: row.record } : {}),
          ...(key && sha ? { form: { key, sha } } : {}),
        },
        row.resealed + 1,
      );
      await this.settle([row.mid]);
      this.context.log("sealed_anew");
    }
    const { settled, gone } = settledNow(own, responses, kept?.fetchedAt ?? null);
    if (settled.length > 0) await this.settle(settled);
    if (gone.length === 0) return;
    await this.context.db.write(["drafts"], async (rows) => {
      for (const mid of gone) await rows.delete("drafts", mid);
    });
    this.reading.forget(gone);
  }

  private async settle(mids: readonly string[]): Promise<void> {
    await this.context.db.write(["drafts"], async (rows) => {
      for (const mid of mids) {
        const row = await rows.get<DraftRow>("drafts", mid);
        if (row) await rows.put("drafts", { ...row, settled: true });
      }
    });
  }

  private seen(pulled: ResponseRow | null, kept: KeptLists | null): Seen {
    return { pulled, fetchedAt: kept?.fetchedAt ?? null, lists: kept?.lists ?? null, staff: this.staff };
  }
}

function cardOf(response: LocalResponse, own: readonly Own[]): ResponseCard {
  const mine = own.filter(({ row }) => row.encounter === response.id && !row.settled);
  return {
    id: response.id,
    title: response.title,
    address: response.address,
    programme: response.programme,
    unit: response.unit,
    person: response.person,
    created_at: response.created_at,
    signed_at: response.signed_at,
    signing: response.signing !== null,
    writable: response.writable,
    complete: response.complete,
    pending: response.pending,
    attention: mine.filter(({ row }) => ASKING.includes(row.outcome ?? "")).length,
    local: response.local,
  };
}
