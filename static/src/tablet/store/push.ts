/**
 * Sends what is sealed, whoever's it is, with nobody unlocked and no session; never gives up, never drops.
 * It needs no page: only a database, a clock and the network.
 */
import { attachedUnsent } from "./attached.ts";
import type { Context } from "./context.ts";
import { random } from "./keys.ts";
import { turnsOf } from "./locks.ts";
import type { Outbox } from "./outbox.ts";
import { receive } from "./receipts.ts";
import type { OutboxRow } from "./rows.ts";
import type { BlobRow } from "./types.ts";
import { batchOf, ENVELOPES, framed, MOST_BYTES, type Receipt, receiptOf } from "./wire.ts";

const START = 128 * 1024;
const LEAST = 4 * 1024;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 300_000;
/** Milliseconds that a refused single envelope rests. */
const REST = 3_600_000;
const SLOWEST = 5_000;

export const NO_NETWORK = "No network.";
export const PORTAL = "This network wants a sign-in of its own before anything gets through.";
const UNKNOWN_DEVICE =
  "The server does not know this tablet. Sign in to set it up again; everything sealed is kept.";

export type Answer =
  | { kind: "receipt"; receipt: Receipt }
  | { kind: "refused" }
  | { kind: "too_large" }
  | { kind: "unknown"; network: "none" | "portal" | "ok"; reason: string; after: number; slow: boolean };

/** Milliseconds before try n+1 (n from 0): full jitter, at most five minutes. */
export function backoff(failures: number, chance: number = Math.random()): number {
  return chance * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures, 20));
}

/** Seconds or a date, as milliseconds from `now`; 0 without one. */
export function retryAfter(value: string | null, now: Date): number {
  if (!value) return 0;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/** What came of sending attachments; `after` in milliseconds. */
export type Attached = { readonly kind: "done" } | { readonly kind: "waits"; reason: string; after: number };

export interface Watcher {
  /** The server was heard: epoch, directives, clock, durability. */
  heard(receipt: Receipt): Promise<void>;
  received(items: { mid: string; outcome: string }[]): void;
  changed(): void;
  /** Sends attachments whose records have been received. */
  attached(rows: BlobRow[]): Promise<Attached>;
  /** Something went, and nothing is left to send. */
  drained(): Promise<void>;
}

export class Pusher {
  network: "unknown" | "ok" | "none" | "portal" = "unknown";
  reason = "";
  nextTryAt: Date | null = null;
  progress: { done: number; of: number } | null = null;
  deviceUnknown = false;
  private readonly context: Context;
  private readonly outbox: Outbox;
  private readonly watcher: Watcher;
  private bytes = START;
  private good = 0;
  private failures = 0;
  private cancel: (() => void) | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private insisting = false;
  /** Milliseconds since 1970: the server asked for quiet until then. */
  private notBefore = 0;

  constructor(context: Context, outbox: Outbox, watcher: Watcher) {
    this.context = context;
    this.outbox = outbox;
    this.watcher = watcher;
  }

  /** Something was saved: tries after so long, later while tries keep failing. */
  soon(milliseconds: number): void {
    const ordered = this.notBefore - this.context.now().getTime();
    this.plan(Math.max(milliseconds * 2 ** Math.min(this.failures, 4), ordered));
  }

  /** Resolves once no try is under way. */
  async idle(): Promise<void> {
    await this.running;
  }

  /** Tries again after so long, or sooner if that was planned. */
  private plan(milliseconds: number): void {
    if (this.stopped) return;
    const at = new Date(this.context.now().getTime() + milliseconds);
    if (this.nextTryAt !== null && this.nextTryAt <= at) return;
    this.cancel?.();
    this.nextTryAt = at;
    this.cancel = this.context.later(() => {
      // No longer planned, even where a try under way keeps this one from beginning: the next plan must not trust in it.
      this.nextTryAt = null;
      this.cancel = null;
      void this.now();
    }, milliseconds);
  }

  /** There is reason to hope again: the signal is back, somebody asks, the page is seen. */
  async hope(): Promise<void> {
    this.failures = 0;
    await this.now();
  }

  /** Somebody wants everything sent, what the server refused before as well. */
  async insist(): Promise<void> {
    await this.running;
    this.insisting = true;
    await this.hope();
  }

  /** Tries now; resolves when the try is over. A try under way is followed by one more. */
  now(): Promise<void> {
    this.again = this.running !== null;
    this.running ??= this.work().finally(() => {
      this.running = null;
      if (this.again && this.failures === 0) this.plan(0);
      this.again = false;
    });
    return this.running;
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.cancel = null;
  }

  private async work(): Promise<void> {
    this.cancel?.();
    this.cancel = null;
    this.nextTryAt = null;
    try {
      await this.pass();
    } catch (error) {
      this.context.log("push_failed", error);
      this.wait("The storage of this tablet does not answer.", 0);
    } finally {
      this.progress = null;
      this.watcher.changed();
    }
  }

  private async pass(): Promise<void> {
    if (this.context.device() === null) return;
    await this.outbox.relieve();
    const over = new Set<string>();
    const now = this.insisting ? "9" : this.context.now().toISOString();
    this.insisting = false;
    const due = async () => {
      const rows = await this.outbox.pending();
      return rows.filter(({ mid, helpUntil }) => !over.has(mid) && (helpUntil === null || helpUntil <= now));
    };
    for (let rows = await due(); rows.length > 0; rows = await due()) {
      this.progress = { done: over.size, of: over.size + rows.length };
      this.watcher.changed();
      const batch = batchOf(rows, this.bytes);
      if (!(await turnsOf("mih:push", () => this.hand(batch)))) return;
      for (const { mid } of batch) over.add(mid);
    }
    this.reason = "";
    if ((await this.attachments()) || over.size > 0) await this.watcher.drained();
  }

  /** Whether attachments went. What stops them is waited for as for records. */
  private async attachments(): Promise<boolean> {
    const waiting = new Set((await this.outbox.pending()).map(({ mid }) => mid));
    const rows = await attachedUnsent(this.context, waiting);
    if (rows.length === 0) return false;
    const came = await turnsOf("mih:push", () => this.watcher.attached(rows));
    if (came.kind === "waits") this.wait(came.reason, came.after);
    return came.kind === "done";
  }

  /** False when there is no point in going on now. */
  private async hand(wanted: readonly OutboxRow[]): Promise<boolean> {
    const rows = await this.outbox.freeze(wanted.map(({ mid }) => mid));
    if (rows.length === 0) return true;
    const answer = await this.exchange(rows);
    switch (answer.kind) {
      case "receipt": {
        this.network = "ok";
        this.failures = 0;
        this.deviceUnknown = false;
        this.good += 1;
        if (this.good % 3 === 0) this.bytes = Math.min(MOST_BYTES, this.bytes * 2);
        this.watcher.received(await receive(this.context, this.outbox, answer.receipt, rows));
        await this.watcher.heard(answer.receipt);
        return true;
      }
      case "refused":
      case "too_large":
        this.network = "ok";
        this.good = 0;
        if (answer.kind === "too_large") this.shrink();
        return this.halved(rows, answer.kind);
      case "unknown":
        this.network = answer.network;
        if (answer.slow) this.shrink();
        this.wait(answer.reason, answer.after);
        return false;
    }
  }

  /** A batch was refused as a whole: finds the one that is, leaves it aside and goes on with the others. */
  private async halved(rows: readonly OutboxRow[], why: string): Promise<boolean> {
    const [first] = rows;
    if (rows.length === 1 && first) {
      this.context.log("set_aside", why);
      await this.outbox.setAside(first.mid, new Date(this.context.now().getTime() + REST).toISOString());
      this.plan(REST);
      return true;
    }
    const middle = Math.ceil(rows.length / 2);
    return (await this.hand(rows.slice(0, middle))) && (await this.hand(rows.slice(middle)));
  }

  private shrink(): void {
    this.good = 0;
    this.bytes = Math.max(LEAST, Math.floor(this.bytes / 2));
  }

  private wait(reason: string, after: number): void {
    this.reason = reason;
    const wait = Math.max(after, backoff(this.failures));
    this.notBefore = this.context.now().getTime() + after;
    this.failures += 1;
    this.plan(wait);
  }

  private async exchange(rows: readonly OutboxRow[]): Promise<Answer> {
    const nonce = random(16);
    const body = framed(nonce, rows);
    const stop = new AbortController();
    const cancel = this.context.later(() => stop.abort(), 20_000 + (body.length / SLOWEST) * 1000);
    try {
      const answer = await this.context.fetch("/field/api/push", {
        method: "POST",
        body,
        headers: { "Content-Type": ENVELOPES, "X-Field": "1" },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: stop.signal,
      });
      const receipt = await receiptOf(answer, nonce, rows);
      if (receipt !== null) return { kind: "receipt", receipt };
      return this.understood(answer);
    } catch {
      const slow = stop.signal.aborted;
      const reason = slow ? "The network is too slow." : NO_NETWORK;
      return { kind: "unknown", network: "none", reason, after: 0, slow };
    } finally {
      cancel();
    }
  }

  private understood(answer: Response): Answer {
    const { status } = answer;
    const ours = answer.headers.get("Content-Type")?.includes("json") === true;
    const wait = (reason: string, network: "portal" | "ok"): Answer => {
      const after = retryAfter(answer.headers.get("Retry-After"), this.context.now());
      return { kind: "unknown", network, reason, after, slow: false };
    };
    if (status === 413) return { kind: "too_large" };
    if (ours && (status === 400 || status === 422)) return { kind: "refused" };
    if (ours && status === 401) {
      this.deviceUnknown = true;
      return wait(UNKNOWN_DEVICE, "ok");
    }
    if (!ours && status < 500) return wait(PORTAL, "portal");
    if (status === 507) return wait("The server's storage is full. Its keepers have been told.", "ok");
    return wait("The server is busy.", "ok");
  }
}
