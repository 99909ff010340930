/** What a user may read on this tablet, opened under their keys once and kept open while they are at work. */
import type { Context } from "./context.ts";
import type { Own } from "./drafts.ts";
import type { Box, Keys } from "./keys.ts";
import type { Outbox } from "./outbox.ts";
import type { Lists, ResponseRow } from "./records.ts";
import type { CaseRow, DraftRow, UserRow } from "./rows.ts";
import { openSealed, text, utf8 } from "./seal.ts";

/** The lists of the last pull as they are kept. */
export interface KeptLists {
  readonly lists: Lists;
  readonly cursor: string;
  /** Device clock when that pull began. */
  readonly fetchedAt: string;
}

export interface Cases {
  readonly kept: KeptLists | null;
  readonly responses: ResponseRow[];
}

/** What was opened, and the stored bytes that it was opened from. */
interface Kept<Value> {
  readonly bytes: Uint8Array;
  readonly value: Promise<Value>;
}

/** A new encryption begins with another nonce. */
const NONCE = 12;
const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.subarray(0, NONCE).every((byte, place) => byte === other[place]);

export class Reading {
  private readonly context: Context;
  private readonly outbox: Outbox;
  private readonly staff: string;
  private readonly keys: Keys;
  /** Payloads by envelope: what was opened or written here is not opened again, however often the screens ask. */
  private readonly opened = new Map<string, Promise<Own["payload"]>>();
  private readonly details = new Map<string, Kept<Own["detail"]>>();
  private readonly pulled = new Map<string, Kept<KeptLists | ResponseRow>>();
  private readonly damaged = new Set<string>();
  private day: Promise<Box> | null = null;
  private over = false;

  constructor(context: Context, outbox: Outbox, staff: string, keys: Keys) {
    this.context = context;
    this.outbox = outbox;
    this.staff = staff;
    this.keys = keys;
  }

  /** Lets go of every word and of the keys. */
  end(): void {
    this.over = true;
    for (const words of [this.opened, this.details, this.pulled]) words.clear();
    this.day = null;
    Reflect.set(this, "keys", null);
  }

  /** The payload of an envelope, where it is in memory. */
  recall(mid: string): Promise<Own["payload"]> | undefined {
    return this.opened.get(mid);
  }

  remember(mid: string, payload: Own["payload"]): void {
    if (!this.over) this.opened.set(mid, Promise.resolve(payload));
  }

  forget(mids: readonly string[]): void {
    for (const mid of mids) this.opened.delete(mid);
  }

  /** The day's cases go with the salt of their key: the next ones get another. */
  forgetDay(): void {
    this.day = null;
    this.pulled.clear();
  }

  /** The box of the day's cases; its salt is made when there is none. */
  dayBox(): Promise<Box> {
    if (this.day) return this.day;
    const made = this.daySalt().then((salt) => this.keys.day(salt));
    made.catch(() => {
      if (this.day === made) this.day = null;
    });
    this.day = made;
    return made;
  }

  private async daySalt(): Promise<Uint8Array> {
    const { db } = this.context;
    const { staff: id } = this;
    const known = await db.read(["users"], (rows) => rows.get<UserRow>("users", id));
    if (known?.day) return known.day;
    const fresh = crypto.getRandomValues(new Uint8Array(16));
    return db.write(["users"], async (rows) => {
      const row = await rows.get<UserRow>("users", id);
      if (row === undefined) return fresh;
      if (row.day === null) await rows.put("users", { ...row, day: fresh });
      return row.day ?? fresh;
    });
  }

  /** What is kept of pulls: one response, or all of them. A row that does not open stays where it is. */
  async cases(id?: string): Promise<Cases> {
    const { staff } = this;
    const found = await this.context.db.read(["cases"], async (rows) =>
      id === undefined
        ? rows.all<CaseRow>("cases", "staff", staff)
        : [await rows.get<CaseRow>("cases", [staff, "lists"]), await rows.get<CaseRow>("cases", [staff, id])],
    );
    const rows = found.flatMap((row) => row ?? []);
    const values = await Promise.all(
      rows.map((row) => this.openCase(row).catch(() => this.broken(`${staff}/${row.id}`))),
    );
    let kept: KeptLists | null = null;
    const responses: ResponseRow[] = [];
    for (const [place, { id: name }] of rows.entries()) {
      const value = values[place] ?? null;
      if (value === null) continue;
      if (name === "lists") kept = value as KeptLists;
      else responses.push(value as ResponseRow);
    }
    return { kept, responses };
  }

  private openCase({ staff, id, kept }: CaseRow): Promise<KeptLists | ResponseRow> {
    return this.once(this.pulled, id, kept, async () => {
      const box = await this.dayBox();
      return box.openJson<KeptLists | ResponseRow>("cases", `${staff}/${id}`, kept);
    });
  }

  /** Opens stored bytes the first time they are asked for; what does not open is tried anew. */
  private once<Value>(
    known: Map<string, Kept<Value>>,
    name: string,
    bytes: Uint8Array,
    open: () => Promise<Value>,
  ): Promise<Value> {
    const found = known.get(name);
    if (found && sameBytes(found.bytes, bytes)) return found.value;
    const value = open();
    if (this.over) return value;
    const kept = { bytes, value };
    known.set(name, kept);
    value.catch(() => {
      if (known.get(name) === kept) known.delete(name);
    });
    return value;
  }

  /** Own readable copies, opened. A row that does not open stays where it is and is told of in the log. */
  async own(encounter?: string): Promise<Own[]> {
    const { staff } = this;
    const stored = await this.context.db
      .read(["drafts"], (rows) =>
        encounter === undefined
          ? rows.all<DraftRow>("drafts", "staff", staff)
          : rows.all<DraftRow>("drafts", "response", [staff, encounter]),
      )
      .catch(() => [] as DraftRow[]);
    const spare = this.outbox.drafts(staff);
    const rows = new Map([...stored, ...spare].map((row) => [row.mid, row]));
    const own = await Promise.all(
      Array.from(rows.values(), (row) => this.openOwn(row).catch(() => this.broken(row.mid))),
    );
    return own.filter((one) => one !== null).sort((one, other) => one.row.seq - other.row.seq);
  }

  private async openOwn(row: DraftRow): Promise<Own> {
    const { mid, kept, detail } = row;
    let payload = this.opened.get(mid);
    if (payload === undefined) {
      payload = kept ? this.keys.dek.openJson<Own["payload"]>("drafts", mid, kept) : Promise.resolve({});
      if (!this.over) this.opened.set(mid, payload);
      payload.catch(() => this.opened.delete(mid));
    }
    const said =
      detail === null
        ? {}
        : await this.once(this.details, mid, detail, async () => {
            return JSON.parse(text(await openSealed(this.keys.inbox, utf8(mid), detail))) as Own["detail"];
          });
    return { row, payload: await payload, detail: said };
  }

  private broken(place: string): null {
    if (!this.over && !this.damaged.has(place)) this.context.log("row_does_not_open", place);
    this.damaged.add(place);
    return null;
  }
}
