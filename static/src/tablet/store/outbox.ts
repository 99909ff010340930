/**
 * Where a change becomes durable. One strict transaction stores the author's readable copy, the sealed envelope, the
 * sequence number and the head of the stream, or nothing of them. What the disk refuses is kept in memory and sent.
 */
import { uuid7 } from "../../lib/uuid7.ts";
import type { Context } from "./context.ts";
import type { Own } from "./drafts.ts";
import { continues, follows, formOf } from "./follow.ts";
import type { Keys } from "./keys.ts";
import type { DeviceRow, DraftRow, OutboxRow, StreamRow, UserRow } from "./rows.ts";
import { type Header, sealEnvelope } from "./seal.ts";
import { type Mutation, NoDevice, type PatchPayload, Refused, type Saved } from "./types.ts";

export interface Author {
  readonly staff: string;
  readonly keys: Keys;
  /** The payload of an envelope that is in memory while they are at work. */
  recall(mid: string): Promise<unknown> | undefined;
  remember(mid: string, payload: Own["payload"]): void;
}

export interface Committed extends Saved {
  /** The never-tried envelope that this one stands for as well. */
  readonly replaces: string | null;
}

interface Before {
  device: DeviceRow;
  /** As they stand on the disk: what the transaction checks again. */
  seq: number;
  head: string | null;
  /** The envelope to be replaced, with its readable copy. */
  last: { row: OutboxRow; draft: DraftRow } | null;
}

interface Kept {
  row: OutboxRow;
  draft: DraftRow;
  blob: Mutation["blob"];
}

const STORES = ["users", "streams", "outbox", "drafts", "blobs"] as const;

export class Outbox {
  private readonly context: Context;
  private readonly app: string;
  private turn: Promise<unknown> = Promise.resolve();
  /** What the disk refused, by mid, in order. */
  private readonly spare = new Map<string, Kept>();
  /** Last sequence number and heads of this page's life: they are ahead of the disk while it refuses. */
  private readonly seqs = new Map<string, number>();
  private readonly heads = new Map<string, string>();
  /** Tried in this page's life: a full disk may have refused to note it. */
  private readonly frozen = new Set<string>();
  /** What this page stored last: the next change mostly follows it, and need not ask the disk what stands. */
  private latest: { row: OutboxRow; draft: DraftRow } | null = null;

  constructor(context: Context, app: string) {
    this.context = context;
    this.app = app;
  }

  /** Whether something is kept in memory alone. */
  get strained(): boolean {
    return this.spare.size > 0 || this.context.db.memory;
  }

  /** Commits one change after another. Throws NoDevice, or for a payload that is no JSON. */
  commit(author: Author, change: Mutation, resealed = 0): Promise<Committed> {
    const turn = this.turn.then(() => this.committed(author, change, resealed));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  /** Envelopes without a receipt that can be had now, each author's in order: what is in memory goes without the disk. */
  pending(): Promise<OutboxRow[]> {
    return this.all().catch((error: unknown) => {
      this.context.log("read_failed", error);
      return this.inOrder([]);
    });
  }

  /** Every envelope without a receipt. Throws where the disk does not say: nobody may take that for none. */
  async all(): Promise<OutboxRow[]> {
    return this.inOrder(await this.context.db.read(["outbox"], (rows) => rows.all<OutboxRow>("outbox")));
  }

  private inOrder(stored: OutboxRow[]): OutboxRow[] {
    const all = [...stored, ...Array.from(this.spare.values(), (kept) => kept.row)];
    return all.sort((one, other) =>
      one.staff === other.staff ? one.seq - other.seq : one.staff < other.staff ? -1 : 1,
    );
  }

  /** Readable copies that are in memory alone. */
  drafts(staff: string): DraftRow[] {
    return Array.from(this.spare.values(), (kept) => kept.draft).filter((draft) => draft.staff === staff);
  }

  /** Writes "tried" down before the first fetch; gives back what is still there, bytes frozen from now on. */
  async freeze(mids: string[]): Promise<OutboxRow[]> {
    for (const mid of mids) {
      const kept = this.spare.get(mid);
      if (kept) kept.row.tried = true;
    }
    const memory = mids.flatMap((mid) => this.spare.get(mid)?.row ?? []);
    if (memory.length === mids.length) return memory;
    const found = (note: boolean) =>
      this.context.db.write(["outbox"], async (rows) => {
        const there: OutboxRow[] = [];
        for (const mid of mids) {
          const row = await rows.get<OutboxRow>("outbox", mid);
          if (row === undefined) continue;
          if (note && !row.tried) await rows.put("outbox", { ...row, tried: true });
          there.push(row);
        }
        return there;
      });
    for (const mid of mids) this.frozen.add(mid);
    const stored = await found(true).catch((error: unknown) => {
      // A full disk must not keep what is on it from leaving.
      this.context.log("not_stored", error);
      return found(false);
    });
    return [...stored, ...memory];
  }

  /** Leaves one envelope aside until then: the server would not have it, and the others go on. */
  async setAside(mid: string, until: string): Promise<void> {
    const kept = this.spare.get(mid);
    if (kept) kept.row.helpUntil = until;
    await this.context.db.write(["outbox"], async (rows) => {
      const row = await rows.get<OutboxRow>("outbox", mid);
      if (row) await rows.put("outbox", { ...row, helpUntil: until });
    });
  }

  /** The server has it: memory may let go. */
  forget(mid: string): Kept | undefined {
    const kept = this.spare.get(mid);
    this.spare.delete(mid);
    return kept;
  }

  /** Tries again to put on the disk what is in memory alone. */
  async relieve(): Promise<void> {
    for (const kept of Array.from(this.spare.values())) {
      try {
        await this.store(kept, null, null);
      } catch {
        return;
      }
      this.spare.delete(kept.row.mid);
      this.context.saved(kept.row, null);
    }
  }

  private async committed(author: Author, change: Mutation, resealed: number): Promise<Committed> {
    await this.relieve();
    for (let before = this.guess(author.staff, change, resealed); ; before = null) {
      // What was guessed is checked in the transaction itself; what another page did meanwhile is looked up.
      before ??= await this.look(author.staff, change, resealed);
      const made = await this.made(author, change, before, resealed);
      const replaces = before.last?.row.mid ?? null;
      let durable = true;
      try {
        if (!(await this.store(made, before, replaces))) continue;
      } catch (error) {
        this.context.log("not_stored", error);
        // A photo in memory would be gone with the page, and its record would promise it for ever.
        if (change.blob)
          throw new Refused("There is no room on this tablet for the photo. What you wrote is safe.");
        // What the disk holds cannot be replaced there now: this becomes an envelope of its own, after it.
        const own =
          replaces === null ? made : await this.made(author, change, { ...before, last: null }, resealed);
        this.remember(own.row);
        this.spare.set(own.row.mid, own);
        this.context.emit("storage");
        return {
          mid: own.row.mid,
          seq: own.row.seq,
          at: new Date(own.row.at),
          durable: false,
          replaces: null,
        };
      }
      this.remember(made.row);
      this.latest = { row: made.row, draft: made.draft };
      durable = !this.context.db.memory;
      if (durable) this.context.saved(made.row, replaces);
      return { mid: made.row.mid, seq: made.row.seq, at: new Date(made.row.at), durable, replaces };
    }
  }

  private remember(row: OutboxRow): void {
    this.seqs.set(row.staff, row.seq);
    if (row.encounter) this.heads.set(`${row.staff}/${row.encounter}`, row.mid);
  }

  /** Where a change of `staff` goes when nobody but this page has written since its last one; null when it cannot tell. */
  private guess(staff: string, change: Mutation, resealed: number): Before | null {
    const device = this.context.device();
    const seq = this.seqs.get(staff);
    const head = this.heads.get(`${staff}/${change.encounter ?? ""}`);
    const { latest } = this;
    if (!device || !latest || seq === undefined || head !== latest.row.mid || this.spare.size > 0)
      return null;
    return { device, seq, head, last: this.continued(latest.row, latest.draft, change, resealed) };
  }

  private continued(
    row: OutboxRow | undefined,
    draft: DraftRow | undefined,
    change: Mutation,
    resealed: number,
  ): Before["last"] {
    const open = row && draft?.kept && resealed === 0 && !this.frozen.has(row.mid);
    return open && continues(row, change) ? { row, draft } : null;
  }

  private async look(staff: string, change: Mutation, resealed: number): Promise<Before> {
    const device = this.context.device();
    if (device === null) throw new NoDevice();
    const key = `${staff}/${change.encounter ?? ""}`;
    const cached = { seq: this.seqs.get(staff) ?? 0, head: this.heads.get(key) ?? null };
    if (this.spare.size > 0) return { device, ...cached, last: null };
    try {
      return await this.context.db.read(["users", "streams", "outbox", "drafts"], async (rows) => {
        const [user, stream] = await Promise.all([
          rows.get<UserRow>("users", staff),
          change.encounter ? rows.get<StreamRow>("streams", [staff, change.encounter]) : undefined,
        ]);
        const head = stream?.mid ?? null;
        const [row, draft] =
          head === null
            ? []
            : await Promise.all([rows.get<OutboxRow>("outbox", head), rows.get<DraftRow>("drafts", head)]);
        const last = this.continued(row, draft, change, resealed);
        return { device, seq: user?.seq ?? cached.seq, head: head ?? (user ? null : cached.head), last };
      });
    } catch (error) {
      this.context.log("read_failed", error);
      return { device, ...cached, last: null };
    }
  }

  private async made(
    { staff, keys, recall, remember }: Author,
    change: Mutation,
    before: Before,
    resealed: number,
  ): Promise<Kept> {
    const mid = uuid7(this.context.now().getTime());
    const { device, last } = before;
    const server = device.keys[0];
    if (server === undefined) throw new NoDevice();
    const first = last && ((await recall(last.row.mid)) ?? (await opened(keys, last.draft)));
    const payload = first ? follows(first as PatchPayload, change.payload) : change.payload;
    const at = this.context.now().toISOString();
    const header: Header = {
      v: 1,
      mid,
      seq: last ? last.row.seq : before.seq + 1,
      device: device.id,
      author: staff,
      encounter: change.encounter ?? null,
      record: change.record ?? null,
      prev: last ? last.row.prev : change.encounter ? before.head : null,
      type: change.type,
      form: formOf(change),
      kid: server.kid,
      captured_at: at,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone || device.zone,
      clock: { offset_ms: device.offset, last_seen: device.lastSeen },
      app: this.app,
    };
    const common = {
      mid,
      staff,
      seq: header.seq,
      record: header.record,
      type: header.type,
      form: header.form,
      at,
    };
    const [sealed, kept] = await Promise.all([
      sealEnvelope(header, payload, server, keys.sign),
      keys.dek.lockJson("drafts", mid, payload),
    ]);
    remember(mid, JSON.parse(JSON.stringify(payload)) as Own["payload"]);
    return {
      row: {
        ...common,
        ...sealed,
        encounter: header.encounter,
        prev: header.prev,
        tried: false,
        helpUntil: null,
      },
      draft: {
        ...common,
        encounter: header.encounter ?? "",
        kept,
        outcome: null,
        opened: false,
        version: null,
        code: "",
        detail: null,
        receivedAt: null,
        resealed,
        settled: false,
      },
      blob: change.blob && { ...change.blob, mid },
    };
  }

  /** False when another page was faster: look again. `before` null: no check, the place in the stream is settled. */
  private store(kept: Kept, before: Before | null, replaces: string | null): Promise<boolean> {
    const { row, draft, blob } = kept;
    return this.context.db.write([...STORES], async (rows) => {
      const { mid, staff, encounter } = row;
      // All that is asked goes at once, and all that is written: each turn to the disk costs a tablet milliseconds.
      const [there, user, stream, last] = await Promise.all([
        rows.get<OutboxRow>("outbox", mid),
        rows.get<UserRow>("users", staff),
        encounter ? rows.get<StreamRow>("streams", [staff, encounter]) : undefined,
        replaces === null ? undefined : rows.get<OutboxRow>("outbox", replaces),
      ]);
      if (there) return true;
      if (user === undefined) throw new NoDevice();
      if (before && (user.seq !== before.seq || (stream?.mid ?? null) !== before.head)) return false;
      if (replaces !== null && (last === undefined || last.tried || this.frozen.has(replaces))) return false;
      await Promise.all([
        ...(replaces === null ? [] : [rows.delete("outbox", replaces), rows.delete("drafts", replaces)]),
        rows.put("outbox", row),
        rows.put("drafts", draft),
        blob && rows.put("blobs", blob),
        encounter && rows.put("streams", { staff, encounter, mid }),
        rows.put("users", { ...user, seq: Math.max(user.seq, row.seq) }),
      ]);
      return true;
    });
  }
}

const opened = (keys: Keys, { mid, kept }: DraftRow): Promise<unknown> =>
  keys.dek.openJson("drafts", mid, kept as Uint8Array);
