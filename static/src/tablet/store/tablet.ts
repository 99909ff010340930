/** The tablet: opens the store, lets users in and out, keeps sending, and says how things stand. */
import { checkUp } from "./check.ts";
import { asked, type Context } from "./context.ts";
import { openDatabase } from "./db.ts";
import { make, random, weakness } from "./keys.ts";
import { Ring } from "./log.ts";
import { Outbox } from "./outbox.ts";
import { pull } from "./pull.ts";
import { Pusher } from "./push.ts";
import { keysOf, offerKept, report, usersReport } from "./report.ts";
import { purge } from "./retention.ts";
import type { CaseRow, DeviceRow, DraftRow, UserRow } from "./rows.ts";
import { toBase64 } from "./seal.ts";
import { Session } from "./session.ts";
import { Standing } from "./standing.ts";
import { persist, roomOf } from "./storage.ts";
import type { BlobRow, DeviceInfo, EndReceipt, StaffInfo, Tablet, TabletEvent } from "./types.ts";
import * as errors from "./types.ts";
import { change, dropKeys, enrolled, unlocked, Waits } from "./users.ts";
import { ENVELOPES, framed } from "./wire.ts";

export interface Options {
  /** Name of the database. */
  readonly name?: string;
  /** Build of the shell, and digest of the bundle of forms, as reports tell them. */
  readonly app?: string;
  readonly bundle?: string;
  readonly fetch?: Context["fetch"];
  readonly now?: () => Date;
  readonly later?: Context["later"];
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
  /** Sends what is attached, once no record waits. */
  readonly attachments?: (context: Context, rows: BlobRow[]) => Promise<void>;
}

const AFTER_SAVE = 2_000;
const TICK = 60_000;
const REPORT_EACH = 300_000;
const PURGE_EACH = 3_600_000;

const later: Context["later"] = (work, milliseconds) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

/** Opens what this browser keeps and begins to send it. Never throws: without storage, memory stands in. */
export async function openTablet(options: Options = {}): Promise<Tablet & { close(): Promise<void> }> {
  const db = await openDatabase(options.name ?? "mih-field");
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
  private readonly listeners = new Map<TabletEvent, Set<() => void>>();
  private readonly channel: BroadcastChannel | null;
  private readonly stops: (() => void)[] = [];
  private known: DeviceRow | null;
  private session: Session | null = null;
  private reportedAt = 0;
  private purgedAt = 0;
  private offering: Promise<void> | null = null;
  private closed = false;

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
      saved: ({ mid, seq, type, record, at }, replaces) => {
        this.standing.savedAt = new Date(at);
        announce("mih:saved", { mid, seq, type, record, replaces });
      },
    };
    this.outbox = new Outbox(this.context, options.app ?? "");
    this.standing = new Standing(this.context, this.outbox);
    this.waits = new Waits(this.context, options.monotonic ?? (() => performance.now()));
    this.pusher = new Pusher(this.context, this.outbox, {
      heard: ({ epoch, received_at, durable_through, directives }) =>
        this.heard(epoch, received_at, directives ?? [], durable_through),
      received: (items) => {
        this.standing.receivedAt = now();
        for (const { mid, outcome } of items) announce("mih:received", { mid, outcome });
        void this.session?.tidy().catch((error: unknown) => this.context.log("tidy_failed", error));
        this.emit("records");
      },
      changed: () => this.refresh(),
      drained: () => this.drained(),
    });
    const name = `${options.name ?? "mih-field"}:${device?.id ?? ""}`;
    this.channel =
      "BroadcastChannel" in globalThis ? new BroadcastChannel(name.split(":")[0] as string) : null;
  }

  async start(): Promise<void> {
    await this.standing.count();
    this.listen();
    if (this.context.db.memory) this.emit("storage");
    if (this.known === null) return;
    if (this.known.reoffer) void this.offer();
    void this.pusher.hope();
    void this.report();
  }

  /** Stops sending and lets the database go. */
  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops) stop();
    this.pusher.stop();
    this.channel?.close();
    this.session?.end();
    await this.pusher.idle();
    await this.ring.lines().catch(() => []);
    await this.context.db.close();
  }

  device(): DeviceInfo | null {
    if (this.known === null) return null;
    const { id, label: name, zone, agency, epoch, enrolledAt } = this.known;
    return { id, name, zone, agency, epoch, enrolledAt: new Date(enrolledAt) };
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
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listen));
    return () => void listeners.delete(listen);
  }

  async enrol({ name, pin }: { name: string; pin: string }) {
    const weak = weakness(pin);
    if (weak) throw new errors.WeakPin(weak);
    const made = await make();
    const body = { name, sign_pub: toBase64(made.signOpen), readopts: this.known?.id ?? null };
    const json = await this.signedIn("/field/api/enrol", body);
    const staff = json.staff as StaffInfo;
    await this.lock();
    const at = this.context.now();
    await this.remember({
      id: String(json.device),
      label: String(json.name),
      zone: String(json.zone),
      agency: String(json.agency),
      keys: keysOf(json.keys),
      enrolledAt: this.known?.enrolledAt ?? at.toISOString(),
    });
    await this.heard(String(json.epoch), String(json.server_now), []);
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

  async sendNow(): Promise<void> {
    await this.pusher.hope();
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
      await this.heard(result.pulled.epoch, result.pulled.server_now, []);
      this.emit("records");
      await this.purge();
    }
    this.refresh();
    return result.kind;
  }

  async report(): Promise<void> {
    if (this.known === null) return;
    this.reportedAt = this.context.now().getTime();
    const { persisted, quota, usage } = await this.storage();
    const about = { app: this.options.app ?? "", bundle: this.options.bundle ?? "", persisted, quota, usage };
    const heard = await report(this.context, this.outbox, about).catch((error: unknown) => {
      this.context.log("report_failed", error);
      return null;
    });
    if (heard) await this.heard(heard.epoch, heard.server_now, heard.directives);
  }

  storage() {
    return roomOf(this.context.db.memory || this.outbox.strained);
  }

  persist() {
    return persist();
  }

  async checkUp() {
    await this.standing.count();
    const { session, standing } = this;
    return checkUp(this.context, { session, storage: await this.storage(), oldest: standing.oldest });
  }

  async sealedFile(): Promise<Blob> {
    return new Blob([framed(random(16), await this.outbox.pending())], { type: ENVELOPES });
  }

  async endOfShift(): Promise<EndReceipt> {
    await this.sendNow();
    const attached = await this.attached();
    const unsent = this.standing.waiting + attached.length;
    if (unsent > 0) throw new errors.Unsent(unsent);
    const json = await this.signedIn("/field/api/receipt", {
      users: await usersReport(this.context, this.outbox),
    });
    if (this.session) await this.forgetDay(this.session);
    return json as unknown as EndReceipt;
  }

  async pinned(): Promise<string[]> {
    const drafts = await this.context.db.read(["drafts"], (rows) => rows.all<DraftRow>("drafts"));
    return Array.from(new Set(drafts.flatMap(({ form }) => form ?? [])));
  }

  log() {
    return this.ring.lines();
  }

  private readonly around = {
    begin: () => {
      this.standing.saving += 1;
      this.emit("status");
    },
    end: async (stored: boolean) => {
      this.standing.saving -= 1;
      await this.standing.count();
      if (stored) {
        this.emit("records");
        this.pusher.soon(this.outbox.strained ? 0 : AFTER_SAVE);
      }
      this.emit("status");
    },
  };

  private async begin(session: Session): Promise<Session> {
    this.session = session;
    this.standing.signedOut = false;
    await session.tidy().catch((error: unknown) => this.context.log("tidy_failed", error));
    await this.standing.count();
    this.emit("records");
    this.emit("status");
    void this.pull().then(() => this.report());
    void this.pusher.hope();
    return session;
  }

  /** An exchange that wants a session. Throws NeedsNetwork, NeedsSignIn, Unsent, Refused. */
  private async signedIn(address: string, body: unknown): Promise<Record<string, unknown>> {
    const token = globalThis.document?.cookie.match(/(?:^|; )mih_csrf=([^;]*)/)?.[1] ?? "";
    const answer = await asked(this.context, address, body, { "X-CSRFToken": token }).catch(() => null);
    if (answer === null || answer.status >= 500) throw new errors.NeedsNetwork();
    if (answer.json === null || answer.status === 401) throw new errors.NeedsSignIn();
    if (answer.status === 200) return answer.json;
    const sentence = String(answer.json.sentence ?? "The server refused this. Tell your supervisor.");
    if (answer.status === 409) throw new errors.Unsent(this.standing.waiting, sentence);
    throw new errors.Refused(sentence);
  }

  /** The server was heard: its time, its epoch, what it wants, and up to when its backups hold. */
  private async heard(
    epoch: string,
    serverNow: string,
    directives: readonly string[],
    durable?: string | null,
  ): Promise<void> {
    if (this.known === null) return;
    const other = this.known.epoch !== "" && this.known.epoch !== epoch;
    const offset = Date.parse(serverNow) - this.context.now().getTime();
    const wanted = other || directives.includes("reoffer");
    await this.remember({
      epoch,
      offset: Number.isNaN(offset) ? null : Math.round(offset),
      lastSeen: serverNow,
      ...(durable ? { durableThrough: durable } : {}),
      ...(wanted ? { reoffer: true } : {}),
    });
    if (wanted) void this.offer();
    if (directives.includes("update")) this.emit("update");
    if (directives.includes("wipe")) await this.wipe();
  }

  /** The server may have lost what it once received: it is asked, and gets again what it misses. */
  private offer(): Promise<void> {
    this.offering ??= offerKept(this.context)
      .then(async (heard) => {
        if (!heard) return;
        await this.remember({ reoffer: false });
        await this.pusher.hope();
      })
      .catch((error: unknown) => this.context.log("offer_failed", error))
      .finally(() => {
        this.offering = null;
      });
    return this.offering;
  }

  private async wipe(): Promise<void> {
    await this.lock();
    const users = await this.context.db.read(["users"], (rows) => rows.all<UserRow>("users"));
    for (const { staff } of users.filter(({ slot }) => slot !== null)) await dropKeys(this.context, staff);
    this.context.log("wiped");
    this.emit("records");
  }

  private async forgetDay(session: Session): Promise<void> {
    const { id } = session.staff;
    session.forgetDay();
    await change(this.context, id, () => ({ day: null }));
    await this.context.db.write(["cases"], async (rows) => {
      for (const row of await rows.all<CaseRow>("cases", "staff", id))
        await rows.delete("cases", [id, row.id]);
    });
    this.emit("records");
  }

  private async attached(): Promise<BlobRow[]> {
    const rows = await this.context.db
      .read(["blobs"], (store) => store.all<BlobRow>("blobs"))
      .catch(() => []);
    return rows.filter(({ state }) => state === "waiting" || state === "sending");
  }

  /** All records are received: attachments go, and the server is told that nothing waits. */
  private async drained(): Promise<void> {
    const rows = await this.attached();
    if (rows.length > 0 && this.options.attachments) {
      await this.options.attachments(this.context, rows);
      this.emit("records");
    }
    await this.report();
  }

  private async purge(): Promise<void> {
    const now = this.context.now().getTime();
    const { level } = await this.storage();
    if (level === "ok" && now - this.purgedAt < PURGE_EACH) return;
    this.purgedAt = now;
    await purge(this.context, level !== "ok").catch((error: unknown) =>
      this.context.log("purge_failed", error),
    );
    if (level !== "ok") this.emit("storage");
  }

  private async remember(change: Partial<DeviceRow>): Promise<void> {
    const blank = { id: "", label: "", zone: "", agency: "", epoch: "", enrolledAt: "", keys: [] };
    const none = { offset: null, lastSeen: null, durableThrough: null, reoffer: false };
    this.known = { name: "device", ...blank, ...none, ...this.known, ...change };
    const row = this.known;
    await this.context.db
      .write(["meta"], (rows) => rows.put("meta", row))
      .catch((error: unknown) => this.context.log("not_stored", error));
  }

  private emit(event: TabletEvent, heard = false): void {
    if (this.closed) return;
    if (!heard && (event === "records" || event === "locked")) this.channel?.postMessage(event);
    for (const listen of this.listeners.get(event) ?? []) listen();
  }

  private refresh(): void {
    void this.standing.count().then(() => this.emit("status"));
  }

  private listen(): void {
    if (this.channel) {
      this.channel.onmessage = ({ data }) => {
        if (data === "locked") void this.lock();
        else this.emit(data as TabletEvent, true);
        this.refresh();
      };
    }
    const hope = () => {
      if (this.known && globalThis.document?.visibilityState !== "hidden") void this.pusher.hope();
    };
    for (const [target, event] of [
      [globalThis.window, "online"],
      [globalThis.document, "visibilitychange"],
    ] as const) {
      target?.addEventListener(event, hope);
      this.stops.push(() => target?.removeEventListener(event, hope));
    }
    this.tick();
  }

  private tick(): void {
    this.stops.push(
      this.context.later(() => {
        if (this.closed) return;
        this.stops.pop();
        void this.turn().finally(() => this.tick());
      }, TICK),
    );
  }

  private async turn(): Promise<void> {
    if (this.known === null || globalThis.document?.visibilityState === "hidden") return;
    if (this.standing.waiting > 0) this.pusher.soon(0);
    if (this.known.reoffer) await this.offer();
    if (this.session && !this.standing.signedOut) await this.pull();
    if (this.context.now().getTime() - this.reportedAt >= REPORT_EACH) await this.report();
  }
}

function announce(name: string, detail: object): void {
  globalThis.document?.dispatchEvent(new CustomEvent(name, { detail }));
}
