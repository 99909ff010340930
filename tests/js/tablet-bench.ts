/** A tablet with a storage of its own, a clock that is moved by hand, and a server that keeps what real ones keep. */
import "fake-indexeddb/auto";
import { afterEach } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { type Options, openTablet, type Tablet, type Unlocked } from "../../static/src/tablet/store/index.ts";
import {
  hex,
  inboxKey,
  inboxPair,
  openSealed,
  type Pair,
  text,
  toBase64,
} from "../../static/src/tablet/store/seal.ts";

export const PIN = "271828";
export const STAFF = {
  id: "00000000-0000-4000-8000-00000000000a",
  username: "aortiz",
  name: "Ana Ortiz",
  signature_name: "A. Ortiz",
  initials: "AO",
  role: "crew",
  role_name: "Crew",
  programme: "mih",
  in_practice: false,
};
export const OTHER = {
  ...STAFF,
  id: "00000000-0000-4000-8000-00000000000b",
  username: "bkim",
  name: "Ben Kim",
  signature_name: "B. Kim",
  initials: "BK",
};
export const RESPONSE = "00000000-0000-7000-8000-0000000000e1";
export const RECORD = "00000000-0000-7000-8000-0000000000f1";
export const FORM = { key: "vitals", sha: "0123456789abcdef" };

export interface Item {
  header: Record<string, unknown> & {
    mid: string;
    seq: number;
    prev: string | null;
    type: string;
    author: string;
  };
  bytes: string;
  raw: { header: Uint8Array; body: Uint8Array; sig: Uint8Array };
}

/** What a tablet talks to. `script` answers pushes before the server's own answer does. */
export class Server {
  readonly custody = new Map<string, Item>();
  /** Every batch that arrived, answered or not. */
  readonly batches: Item[][] = [];
  /** No request gets anywhere. */
  down = false;
  /** Paths that nobody answers. */
  deaf = new Set<string>();
  script: ((address: string, init: RequestInit) => Promise<Response | undefined> | Response | undefined)[] =
    [];
  outcomes = new Map<string, Record<string, unknown>>();
  epoch = "00000000-0000-4000-8000-0000000000ee";
  durable: string | null = null;
  directives: string[] = [];
  signedIn: typeof STAFF | null = STAFF;
  pulled: Record<string, unknown> = {};
  reports: Record<string, unknown>[] = [];
  key: Pair;
  now: () => Date;

  constructor(key: Pair, now: () => Date) {
    this.key = key;
    this.now = now;
  }

  readonly fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const path = address.split("?")[0] ?? "";
    if (this.down || this.deaf.has(path)) throw new TypeError("Failed to fetch");
    const scripted = path.endsWith("/push") ? await this.script.shift()?.(address, init) : undefined;
    return scripted ?? this.answer(address, init);
  };

  /** The server's own answer. */
  async answer(address: string, init: RequestInit): Promise<Response> {
    const path = address.split("?")[0];
    const json = (body: unknown, status = 200) => Response.json(body, { status });
    if (path === "/field/me/") return json({});
    if (path === "/field/api/push") return this.push(init.body as Uint8Array);
    if (path === "/field/api/have") {
      const { mids } = JSON.parse(String(init.body));
      return json({ epoch: this.epoch, missing: mids.filter((mid: string) => !this.custody.has(mid)) });
    }
    if (path === "/field/api/report") {
      this.reports.push(JSON.parse(String(init.body)));
      return json({ ...this.about, protocol: { min: 1, max: 1 }, directives: this.directives });
    }
    if (this.signedIn === null) return json({ code: "signed_out", sentence: "Sign in." }, 401);
    if (path === "/field/api/enrol") {
      return json({
        ...this.about,
        ...{ device: DEVICE, name: "Tablet 7", staff: this.signedIn, agency: "City" },
      });
    }
    if (path === "/field/api/receipt")
      return json({ statement: "{}", signature: "", kid: "1", words: "0 unsent." });
    return json({ ...this.about, cursor: "1", bundle: "b", staff: this.signedIn, ...LISTS, ...this.pulled });
  }

  private get about() {
    const keys = [{ kid: "k1", pk: toBase64(this.key.open) }];
    return { epoch: this.epoch, server_now: this.now().toISOString(), zone: "America/Chicago", keys };
  }

  private push(bytes: Uint8Array): Response {
    const items = taken(bytes);
    this.batches.push(items);
    const said = items.map((item) => {
      const { mid } = item.header;
      const word = {
        mid,
        outcome: "applied",
        opened: true,
        version: null,
        detail: {},
        ...this.outcomes.get(mid),
      };
      const known = this.custody.get(mid);
      if (known && known.bytes !== item.bytes) throw new Error(`Other bytes under ${mid}`);
      this.custody.set(mid, item);
      return known ? { mid, outcome: "dup", opened: true, detail: {}, first: word } : word;
    });
    return this.receipt(bytes, said);
  }

  receipt(bytes: Uint8Array, items: unknown[], over: Record<string, unknown> = {}): Response {
    const body = {
      nonce: hex(bytes.slice(4, 20)),
      epoch: this.epoch,
      received_at: this.now().toISOString(),
      durable_through: this.durable,
      items,
      directives: [],
      ...over,
    };
    const headers = { "Content-Type": "application/vnd.mih.receipt+json" };
    return new Response(JSON.stringify(body), { headers });
  }

  /** What is inside a sealed item. */
  async payload(item: Item): Promise<Record<string, unknown>> {
    const packed = await openSealed(await inboxKey(this.key.secret.slice()), item.raw.header, item.raw.body);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  }

  get received(): Item[] {
    return Array.from(this.custody.values());
  }
}

export const DEVICE = "00000000-0000-4000-8000-0000000000d1";
const LISTS = {
  forms: {},
  policies: {},
  shift: null,
  programmes: [],
  units: [],
  options: {},
  calls: [],
  cases: [],
  responses: [],
  gone: [],
  outcomes: [],
};

/** A batch taken apart. */
export function taken(bytes: Uint8Array): Item[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const items: Item[] = [];
  for (let at = 20; at < bytes.length; ) {
    const [h, b, s] = [view.getUint32(at), view.getUint32(at + 4), view.getUint16(at + 8)];
    const from = at + 10;
    at = from + h + b + s;
    const raw = {
      header: bytes.slice(from, from + h),
      body: bytes.slice(from + h, from + h + b),
      sig: bytes.slice(from + h + b, at),
    };
    items.push({ header: JSON.parse(text(raw.header)), bytes: hex(bytes.slice(from, at)), raw });
  }
  return items;
}

export class Clock {
  at = Date.parse("2027-01-12T19:20:00Z");
  monotonic = 0;
  planned: { work: () => void; at: number }[] = [];

  readonly now = () => new Date(this.at);

  readonly later = (work: () => void, milliseconds: number) => {
    const entry = { work, at: this.monotonic + milliseconds };
    this.planned.push(entry);
    return () => {
      this.planned = this.planned.filter((one) => one !== entry);
    };
  };

  /** Lets so many milliseconds go by and everything that falls due happen. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.monotonic + milliseconds;
    for (;;) {
      const next = this.planned.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      const to = next?.at ?? end;
      this.at += to - this.monotonic;
      this.monotonic = to;
      if (next === undefined) break;
      this.planned = this.planned.filter((one) => one !== next);
      next.work();
      await settled();
    }
    await settled();
  }
}

let busy = 0;

/** Counts what `owner` has under way: its promises end outside of this thread's turns. */
function counted(owner: object, names: readonly string[]): void {
  for (const name of names) {
    const real = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
      busy += 1;
      const result = real.apply(this, args);
      void Promise.resolve(result)
        .catch(() => undefined)
        .finally(() => {
          busy -= 1;
        });
      return result;
    });
  }
}

const CIPHERS = [
  "encrypt",
  "decrypt",
  "sign",
  "deriveBits",
  "importKey",
  "exportKey",
  "generateKey",
  "digest",
];
counted(SubtleCrypto.prototype, CIPHERS);
counted(Response.prototype, ["arrayBuffer", "text", "json"]);

/** Until storage, ciphers and answers have had nothing under way for a good while of turns. */
export async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 60; quiet += 1) {
    if (busy > 0) quiet = 0;
    await new Promise((done) => setImmediate(done));
  }
}

let opened = 0;

export class Bench {
  readonly clock = new Clock();
  readonly name: string;
  server!: Server;
  tablet!: Tablet & { close(): Promise<void> };

  static async begin(): Promise<Bench> {
    const bench = new Bench();
    bench.server = new Server(await inboxPair(), bench.clock.now);
    await bench.open();
    return bench;
  }

  private constructor() {
    opened += 1;
    this.name = `bench-${opened}`;
  }

  async open(options: Options = {}): Promise<void> {
    const { clock } = this;
    this.tablet = await openTablet({
      ...{ name: this.name, fetch: this.server.fetch, now: clock.now, later: clock.later },
      ...{ monotonic: () => clock.monotonic, app: "test", ...options },
    });
    await this.put("meta", { name: "pin_cost", memory: 64, passes: 1 });
  }

  /** The page goes and comes back. */
  async reload(): Promise<void> {
    await this.tablet.close();
    this.clock.planned = [];
    await this.open();
    await settled();
  }

  async enrol(staff = STAFF, pin = PIN): Promise<Unlocked> {
    this.server.signedIn = staff;
    const user = await this.tablet.enrol({ name: "Tablet 7", pin });
    await settled();
    return user;
  }

  offline(): void {
    this.server.down = true;
  }

  online(): void {
    this.server.down = false;
    this.server.script = [];
  }

  async rows<Row>(store: string): Promise<Row[]> {
    return this.within(store, "readonly", (rows) => rows.getAll()) as Promise<Row[]>;
  }

  async put(store: string, row: object): Promise<void> {
    await this.within(store, "readwrite", (rows) => rows.put(row));
  }

  private within(
    store: string,
    mode: IDBTransactionMode,
    ask: (rows: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> {
    return new Promise((done, fail) => {
      const opening = indexedDB.open(this.name);
      opening.onerror = () => fail(opening.error);
      opening.onsuccess = () => {
        const request = ask(opening.result.transaction(store, mode).objectStore(store));
        request.onerror = () => fail(request.error);
        request.onsuccess = () => {
          opening.result.close();
          done(request.result);
        };
      };
    });
  }
}

/** One value of one field. */
export const patch = (field: string, value: unknown, base: unknown = null, record = RECORD) => ({
  type: "draft.patch",
  encounter: RESPONSE,
  record,
  form: FORM,
  payload: { changes: { [field]: { base, value } }, base_version: 0, happened_at: null },
});

export const begin = (encounter = RESPONSE) => ({
  type: "encounter.create",
  encounter,
  payload: {
    incident: { id: "00000000-0000-7000-8000-0000000000c1", call_type: "Overdose", address: "12 Main St" },
    ...{ programme: "mih", unit: "M7", crew: ["bkim"], modality: "scene", begun_at: "2027-01-12T19:20:00Z" },
  },
});

export { IDBFactory };

const benches: Bench[] = [];
afterEach(async () => {
  for (const made of benches.splice(0)) await made.tablet.close();
});

/** A bench that is put away after the test. */
export async function bench(): Promise<Bench> {
  const made = await Bench.begin();
  benches.push(made);
  return made;
}
