/** How things stand on this tablet, counted anew after each change and told at once to whoever asks. */
import { attachedUnsent } from "./attached.ts";
import type { Context } from "./context.ts";
import { ASKING } from "./drafts.ts";
import type { Outbox } from "./outbox.ts";
import type { Pusher } from "./push.ts";
import type { DraftRow, OutboxRow } from "./rows.ts";
import type { State, Status, Tile } from "./types.ts";
import { allUsers, type Waits } from "./users.ts";

export class Standing {
  saving = 0;
  savedAt: Date | null = null;
  /** When the server last received something since this page was opened, whichever page of the tablet sent it. */
  receivedAt: Date | null = null;
  signedOut = false;
  private readonly context: Context;
  private readonly outbox: Outbox;
  private readonly begun: string;
  /** Envelopes, and attachments whose envelope has gone. */
  private pending: readonly { mid?: string; staff: string; at: string }[] = [];
  private asking: readonly DraftRow[] = [];
  /** The disk did not say when last asked: what is counted here may be short. */
  private unread = false;
  /** Grows with each envelope stored here: what was read before it is read again. */
  private stored = 0;

  constructor(context: Context, outbox: Outbox) {
    this.context = context;
    this.outbox = outbox;
    this.begun = context.now().toISOString();
  }

  /** Never throws: while the disk does not answer, what was counted last stands, and what memory holds beside it. */
  async count(): Promise<void> {
    try {
      const { stored } = this;
      const [rows, drafts] = await Promise.all([
        this.outbox.all(),
        this.context.db.read(["drafts"], (store) => store.all<DraftRow>("drafts")),
      ]);
      const attached = await attachedUnsent(this.context, new Set(rows.map(({ mid }) => mid)));
      if (stored !== this.stored) return this.count();
      this.pending = [...rows, ...attached];
      this.asking = drafts.filter((row) => !row.settled && ASKING.includes(row.outcome ?? ""));
      this.unread = false;
      const last = drafts.reduce(
        (at, row) => (row.receivedAt !== null && row.receivedAt > at ? row.receivedAt : at),
        "",
      );
      if (last > this.begun) this.receivedAt = new Date(last);
    } catch (error) {
      this.context.log("count_failed", error);
      this.unread = true;
      const known = new Set(this.pending.map(({ mid }) => mid));
      const memory = (await this.outbox.pending()).filter(({ mid }) => !known.has(mid));
      this.pending = [...this.pending, ...memory];
    }
  }

  /** An envelope is on the disk: it is counted without counting all the others anew. */
  saved({ mid, staff, at }: OutboxRow, replaces: string | null): void {
    this.stored += 1;
    this.savedAt = new Date(at);
    const others = this.pending.filter((one) => one.mid !== mid && one.mid !== replaces);
    this.pending = [...others, { mid, staff, at }];
  }

  /** Whether something is in memory alone, or nobody can tell: nothing is called saved or received then. */
  get failing(): boolean {
    return this.unread || this.outbox.strained;
  }

  get waiting(): number {
    return this.pending.length;
  }

  get oldest(): Date | null {
    return oldestOf(this.pending);
  }

  async tiles(waits: Waits): Promise<Tile[]> {
    const [users] = await Promise.all([allUsers(this.context), this.count()]);
    const tiles = users.map((user) => {
      const mine = this.pending.filter(({ staff }) => staff === user.staff);
      const wait = waits.left(user);
      const tile: Tile = {
        staff: user.staff,
        name: user.name,
        initials: user.initials,
        pending: mine.length,
        oldest: oldestOf(mine),
        attention: this.asking.filter(({ staff }) => staff === user.staff).length,
        waitUntil: wait > 0 ? new Date(this.context.now().getTime() + wait * 1000) : null,
        pinSet: user.slot !== null,
      };
      return { tile, gone: user.left && mine.length === 0 };
    });
    return tiles.filter(({ gone }) => !gone).map(({ tile }) => tile);
  }

  status(pusher: Pusher): Status {
    const state = this.state(pusher);
    return {
      state,
      at: state === "received" ? this.receivedAt : state === "saved" ? (this.savedAt ?? this.latest) : null,
      pending: this.pending.length,
      attention: this.asking.length,
      oldest: this.oldest,
      nextTryAt: this.pending.length > 0 ? pusher.nextTryAt : null,
      reason: this.pending.length > 0 ? pusher.reason : "",
      progress: pusher.progress,
      signedOut: this.signedOut,
      network: pusher.network,
    };
  }

  private get latest(): Date | null {
    const last = this.pending.map(({ at }) => at).sort();
    return last.length > 0 ? new Date(last[last.length - 1] as string) : null;
  }

  private state(pusher: Pusher): State {
    if (this.failing) return "memory";
    if (this.saving > 0) return "saving";
    if (pusher.progress !== null) return "sending";
    if (this.pending.length > 0) return "saved";
    if (this.asking.length > 0) return "attention";
    return this.receivedAt === null ? "idle" : "received";
  }
}

function oldestOf(rows: readonly { at: string }[]): Date | null {
  const first = rows.map(({ at }) => at).sort()[0];
  return first === undefined ? null : new Date(first);
}
