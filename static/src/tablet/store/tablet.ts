/** The tablet: opens the store, lets users in and out, keeps sending, and says how things stand. */
import { beating } from "./beat.ts";
import { type Context, signedIn } from "./context.ts";
import { openDatabase } from "./db.ts";
import { Events } from "./events.ts";
import { Hearing } from "./hearing.ts";
import { random } from "./keys.ts";
import { Ring } from "./log.ts";
import { announce, later, type Options } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { pull } from "./pull.ts";
import { Pusher } from "./push.ts";
import { pinned, report, usersReport } from "./report.ts";
import { type DeviceRow, deviceInfo, NO_DEVICE } from "./rows.ts";
import { Session } from "./session.ts";
import { Standing } from "./standing.ts";
import { persist, roomOf } from "./storage.ts";
import type { DeviceInfo, EndReceipt, StaffInfo, Tablet, TabletEvent } from "./types.ts";
import * as errors from "./types.ts";
import { enrolled, forgetDay, left, unlocked, Waits } from "./users.ts";
import { ENVELOPES, framed } from "./wire.ts";

const NAME = "mih-field";
const AFTER_SAVE = 2_000;
const REPORT_EACH = 300_000;
const TELL_EACH = 60_000;
const PURGE_EACH = 3_600_000;

/** Opens what this browser keeps and begins to send it. Never throws: without storage, memory stands in. */
export async function openTablet(options: Options = {}): Promise<Tablet & { close(): Promise<void> }> {
  const db = await openDatabase(options.name ?? NAME);
  const device = await db.read(["meta"], (rows) => rows.get<DeviceRow>("meta", "device"));
  const tablet = new TheTablet(options, db, device ?? null);
  await tablet.start();
  return tablet;
}

class TheTablet implements Tablet {
  private readonly options: Options;
  private readonly context: Context;
  private readonly outbox: Outbox;
  private readonly pusher: Pusher;
  private readonly standing: Standing;
  private readonly waits: Waits;
  private readonly ring: Ring;
  private readonly events: Events;
  private readonly hearing: Hearing;
  private quiet = () => {};
  private known: DeviceRow | null;
  private session: Session | null = null;
  private reportedAt = 0;
  /** Something went since the last report. */
  private untold = false;
  private purgedAt = 0;
  /** This page locks because another one did. */
  private following = false;

  constructor(options: Options, db: Context["db"], device: DeviceRow | null) {
    this.options = options;
    this.known = device;
    const now = options.now ?? (() => new Date());
    this.ring = new Ring(db, now);
    this.context = {
      db,
      now,
      later: options.later ?? later,
      fetch: options.fetch ?? ((address, init) => fetch(address, init)),
      device: () => this.known,
      remember: (change) => this.remember(change),
      emit: (event) => this.emit(event),
      log: (event, detail) => this.ring.add(event, detail),
      saved: (row, replaces) => {
        const { mid, seq, type, record } = row;
        this.standing.saved(row, replaces);
        announce("mih:saved", { mid, seq, type, record, replaces });
      },
    };
    this.outbox = new Outbox(this.context, options.app ?? "");
    this.standing = new Standing(this.context, this.outbox);
    this.waits = new Waits(this.context, options.monotonic ?? (() => performance.now()));
    this.pusher = new Pusher(this.context, this.outbox, {
      heard: ({ epoch, received_at, durable_through, directives }) =>
        this.hearing.heard(epoch, received_at, directives ?? [], durable_through),
      received: (items) => {
        this.standing.receivedAt = now();
        for (const { mid, outcome } of items) announce("mih:received", { mid, outcome });
        void this.session?.tidy().catch((error: unknown) => this.context.log("tidy_failed", error));
        this.emit("records");
      },
      changed: () => this.refresh(),
      attached: (rows) => options.attachments?.(this.context, rows) ?? Promise.resolve({ kind: "done" }),
      drained: () => {
        this.untold = true;
        return this.tell(TELL_EACH);
      },
    });
    this.hearing = new Hearing(this.context, { wipe: () => this.leave(""), send: () => this.pusher.hope() });
    this.events = new Events(options.name ?? NAME, (event) => {
      if (event === "locked") void this.follow();
      else this.events.emit(event, true);
      this.refresh();
    });
  }

  async start(): Promise<void> {
    void this.standing.count().then(() => this.emit("status"));
    const hope = () => void this.pusher.hope().then(() => this.turn());
    this.quiet = beating(this.context, { turn: () => this.turn(), hope });
    if (this.context.db.memory) this.emit("storage");
    if (this.known === null) return;
    if (this.known.reoffer) void this.hearing.offer();
    void this.pusher.hope();
    void this.report();
  }

  /** Stops sending and lets the database go. */
  async close(): Promise<void> {
    this.quiet();
    this.pusher.stop();
    this.events.close();
    this.session?.end();
    await this.pusher.idle();
    await this.ring.lines().catch(() => []);
    await this.context.db.close();
  }

  device(): DeviceInfo | null {
    return this.known && deviceInfo(this.known);
  }

  users() {
    return this.standing.tiles(this.waits);
  }

  get unlocked() {
    return this.session;
  }

  status() {
    return this.standing.status(this.pusher);
  }

  on(event: TabletEvent, listen: () => void): () => void {
    return this.events.on(event, listen);
  }

  async enrol({ name, pin }: { name: string; pin: string }) {
    const { asEnrolled } = await import("./enrol.ts");
    const { made, staff, device, epoch, serverNow } = await asEnrolled(this.context, name, pin);
    await this.lock();
    await this.remember(device);
    await this.hearing.heard(epoch, serverNow, []);
    const { keys } = await enrolled(this.context, staff, pin, made);
    this.context.log("enrolled");
    this.pusher.deviceUnknown = false;
    void persist();
    return this.begin(new Session(this.context, this.outbox, staff, keys, this.around));
  }

  async unlock(staff: string, pin: string) {
    await this.lock();
    const { user, keys } = await unlocked(this.context, this.waits, staff, pin);
    const profile = await keys.dek.openJson<StaffInfo>("users", `${staff}/profile`, user.profile);
    return this.begin(new Session(this.context, this.outbox, profile, keys, this.around));
  }

  async lock(): Promise<void> {
    if (this.session === null) return;
    this.session.end();
    this.session = null;
    this.emit("locked");
  }

  /** Locks with the page's own screens, which keep what is typed in them first. */
  private async shut(): Promise<void> {
    await this.options.lock?.().catch((error: unknown) => this.context.log("lock_failed", error));
    await this.lock();
  }

  /** Another page of this tablet was locked. It is not told of again: whoever unlocked meanwhile stays in. */
  private async follow(): Promise<void> {
    this.following = true;
    await this.shut().finally(() => {
      this.following = false;
    });
  }

  async sendNow(): Promise<void> {
    await this.pusher.insist();
    await this.standing.count();
  }

  async pull(): Promise<"ok" | "signed_out" | "unsure"> {
    const { session } = this;
    if (session === null) return "unsure";
    const result = await pull(this.context, session).catch((error: unknown) => {
      this.context.log("pull_failed", error);
      return { kind: "unsure" } as const;
    });
    const before = this.standing.signedOut;
    if (result.kind !== "unsure") this.standing.signedOut = result.kind === "signed_out";
    if (result.kind === "signed_out" && !before) this.emit("signed_out");
    if (result.kind === "ok") {
      await this.hearing.heard(result.pulled.epoch, result.pulled.server_now, []);
      this.emit("lists");
      this.emit("records");
      await this.purge();
    }
    this.refresh();
    return result.kind;
  }

  async report(): Promise<void> {
    if (this.known === null) return;
    this.reportedAt = this.context.now().getTime();
    this.untold = false;
    const { persisted, quota, usage } = await this.storage();
    const bundle = (await this.options.bundle?.().catch(() => "")) ?? "";
    const about = { app: this.options.app ?? "", bundle, persisted, quota, usage };
    const heard = await report(this.context, this.outbox, about).catch((error: unknown) => {
      this.context.log("report_failed", error);
      return null;
    });
    if (heard) await this.hearing.heard(heard.epoch, heard.server_now, heard.directives);
  }

  storage() {
    return roomOf(this.standing.failing);
  }

  readonly persist = persist;

  async checkUp() {
    await this.standing.count();
    const { session, standing } = this;
    const { checkUp } = await import("./check.ts");
    return checkUp(this.context, { session, storage: await this.storage(), oldest: standing.oldest });
  }

  async sealedFile(): Promise<Blob> {
    return new Blob([framed(random(16), await this.outbox.pending())], { type: ENVELOPES });
  }

  async endOfShift(): Promise<EndReceipt> {
    await this.sendNow();
    if (this.standing.failing)
      throw new errors.Refused("This tablet's storage does not answer, so nobody can say what is unsent.");
    if (this.standing.waiting > 0) throw new errors.Unsent(this.standing.waiting);
    const users = await usersReport(this.context, this.outbox);
    const json = await signedIn(this.context, "/field/api/receipt", { users }).catch((error: unknown) => {
      const unsent = error instanceof errors.Refused && error.status === 409;
      throw unsent ? new errors.Unsent(this.standing.waiting, error.message) : error;
    });
    if (this.session) {
      this.session.forgetDay();
      await forgetDay(this.context, this.session.staff.id);
      this.emit("records");
    }
    return json as unknown as EndReceipt;
  }

  readonly pinned = () => pinned(this.context);

  log() {
    return this.ring.lines();
  }

  private readonly around = {
    begin: () => {
      this.standing.saving += 1;
      this.emit("status");
    },
    end: (stored: boolean) => {
      if (stored) this.pusher.soon(this.outbox.strained ? 0 : AFTER_SAVE);
      const counted = this.standing.failing ? this.standing.count() : Promise.resolve();
      void counted.then(() => {
        this.standing.saving -= 1;
        if (stored) this.emit("records");
        this.emit("status");
      });
    },
  };

  private async begin(session: Session): Promise<Session> {
    this.session = session;
    this.standing.signedOut = false;
    this.emit("lists");
    this.emit("status");
    // What follows goes on beside the first screen, which nobody should wait for.
    void session
      .tidy()
      .catch((error: unknown) => this.context.log("tidy_failed", error))
      .then(() => this.standing.count())
      .then(() => {
        this.emit("records");
        this.emit("status");
        return this.pull();
      })
      .then(() => this.report());
    void this.pusher.hope();
    return session;
  }

  /** "" is everybody: as the server told a lost tablet to. */
  async leave(whom = this.session?.staff.id): Promise<void> {
    await this.shut();
    await left(this.context, whom);
    this.emit("records");
  }

  private async purge(): Promise<void> {
    const now = this.context.now().getTime();
    const { level } = await this.storage();
    if (level === "ok" && now - this.purgedAt < PURGE_EACH) return;
    this.purgedAt = now;
    await import("./retention.ts")
      .then(({ purge }) => purge(this.context, level !== "ok"))
      .catch((error: unknown) => this.context.log("purge_failed", error));
    if (level !== "ok") this.emit("storage");
  }

  private async remember(change: Partial<DeviceRow>): Promise<void> {
    const row = { ...NO_DEVICE, ...this.known, ...change };
    this.known = row;
    await this.context.db
      .write(["meta"], (rows) => rows.put("meta", row))
      .catch((error: unknown) => this.context.log("not_stored", error));
  }

  private emit(event: TabletEvent): void {
    this.events.emit(event, event === "locked" && this.following);
  }

  private refresh(): void {
    void this.standing.count().then(() => this.emit("status"));
  }

  /** Reports unless it did within so many milliseconds; the next turn of the minute makes up for it. */
  private async tell(each: number): Promise<void> {
    if (this.context.now().getTime() - this.reportedAt >= each) await this.report();
  }

  private async turn(): Promise<void> {
    if (this.known === null) return;
    if (this.standing.waiting > 0) this.pusher.soon(0);
    if (this.known.reoffer) await this.hearing.offer();
    if (this.session && !this.standing.signedOut) await this.pull();
    await this.tell(this.untold ? TELL_EACH : REPORT_EACH);
  }
}
