/**
 * A user's keys: PIN → KEK → DEK → everything else. Only wrapped bytes are stored; CryptoKey objects live in memory
 * while their user is at work. The PIN delays a thief, it does not stop one (what must stay shut is sealed to the server).
 */
import { hpke, inboxKey, inboxPair, joined, signingKey, signingPair, utf8 } from "./seal.ts";

export interface Slot {
  readonly kdf: "argon2id" | "pbkdf2";
  readonly salt: Uint8Array;
  /** KiB; 0 for PBKDF2. */
  readonly memory: number;
  readonly passes: number;
  /** The DEK under the KEK. */
  readonly wrapped: Uint8Array;
}

export type Cost = Pick<Slot, "kdf" | "memory" | "passes">;

const SCHEMA = 1;
const IV = 12;
const COSTLIEST: readonly Cost[] = [
  { kdf: "argon2id", memory: 64 * 1024, passes: 3 },
  { kdf: "argon2id", memory: 46 * 1024, passes: 2 },
  { kdf: "argon2id", memory: 19 * 1024, passes: 2 },
];
/** Milliseconds that an unlock may take. */
const PATIENCE = 700;

export const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

/** AES-GCM under one key, bound to the place it is stored at. */
export class Box {
  private readonly key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.key = key;
  }

  static async of(raw: Uint8Array<ArrayBuffer>): Promise<Box> {
    return new Box(await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]));
  }

  async lock(store: string, key: string, plain: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const iv = random(IV);
    const sealed = await crypto.subtle.encrypt(
      this.algorithm(iv, store, key),
      this.key,
      plain as BufferSource,
    );
    return joined(iv, new Uint8Array(sealed));
  }

  /** Throws for altered bytes, another key and another place. */
  async open(store: string, key: string, kept: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const algorithm = this.algorithm(kept.slice(0, IV), store, key);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, this.key, kept.slice(IV)));
  }

  async lockJson(store: string, key: string, value: unknown): Promise<Uint8Array<ArrayBuffer>> {
    return this.lock(store, key, utf8(JSON.stringify(value)));
  }

  async openJson<T>(store: string, key: string, kept: Uint8Array): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.open(store, key, kept))) as T;
  }

  private algorithm(iv: Uint8Array, store: string, key: string): AesGcmParams {
    return { name: "AES-GCM", iv: iv as BufferSource, additionalData: utf8(`${store}|${key}|${SCHEMA}`) };
  }
}

/** Why a PIN is refused; "" when it is fine. */
export function weakness(pin: string): string {
  if (!/^\d+$/.test(pin) || pin.length < 6) return "Use at least 6 digits.";
  const steps = Array.from(pin.slice(1), (digit, place) => Number(digit) - Number(pin[place]));
  if (new Set(steps).size === 1 && Math.abs(steps[0] ?? 0) <= 1) {
    return "That PIN is too easy to guess. Do not repeat one digit or count up or down.";
  }
  return "";
}

const argon = () => import("./argon.ts");

/** Has at hand what an unlock and a save need, before somebody waits for it. */
export async function warmKeys(): Promise<void> {
  // The first hash compiles the code of all that follow.
  await hashed({ kdf: "argon2id", memory: 8, passes: 1 }, random(16), "0");
  await hpke();
}

async function hashed(cost: Cost, salt: Uint8Array, pin: string): Promise<Uint8Array<ArrayBuffer>> {
  const common = { password: pin, salt, hashLength: 32, outputType: "binary" } as const;
  if (cost.kdf !== "argon2id") return pbkdf2Bytes(pin, salt, cost.passes);
  const { argon2id } = await argon();
  const bytes = await argon2id({
    ...common,
    parallelism: 1,
    iterations: cost.passes,
    memorySize: cost.memory,
  });
  return bytes as Uint8Array<ArrayBuffer>;
}

async function pbkdf2Bytes(
  pin: string,
  salt: Uint8Array,
  iterations: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salt as BufferSource, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

/** The costliest parameters this tablet works through while a person waits. */
export async function bearable(): Promise<Cost> {
  const least = COSTLIEST[COSTLIEST.length - 1] as Cost;
  try {
    await hashed({ ...least, memory: 64, passes: 1 }, random(16), "0");
    const began = performance.now();
    await hashed(least, random(16), "0");
    const unit = (performance.now() - began) / (least.memory * least.passes);
    return COSTLIEST.find((cost) => unit * cost.memory * cost.passes <= PATIENCE) ?? least;
  } catch {
    // WebAssembly is not allowed here.
    return { kdf: "pbkdf2", memory: 0, passes: 600_000 };
  }
}

const material = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveBits"]);

async function derived(base: CryptoKey, salt: Uint8Array, purpose: "kek" | "day"): Promise<Box> {
  const how = { name: "HKDF", hash: "SHA-256", salt: salt as BufferSource, info: utf8(purpose) };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
  const box = await Box.of(bytes);
  bytes.fill(0);
  return box;
}

async function kek(cost: Cost, salt: Uint8Array, pin: string): Promise<Box> {
  const bytes = await hashed(cost, salt, pin);
  const box = await derived(await material(bytes), salt, "kek");
  bytes.fill(0);
  return box;
}

/** What a user works with; exists only while they are unlocked. */
export interface Keys {
  readonly dek: Box;
  readonly sign: CryptoKey;
  readonly inbox: CryptoKey;
  /** Box of the day's cases. */
  day(salt: Uint8Array): Promise<Box>;
}

export interface Wrapped {
  readonly slot: Slot;
  readonly sign: Uint8Array;
  readonly inbox: Uint8Array;
  readonly inboxOpen: Uint8Array;
}

async function keysOf(
  raw: Uint8Array<ArrayBuffer>,
  sign: Uint8Array<ArrayBuffer>,
  inbox: Uint8Array<ArrayBuffer>,
): Promise<Keys> {
  const base = await material(raw);
  const keys = { dek: await Box.of(raw), sign: await signingKey(sign), inbox: await inboxKey(inbox) };
  for (const secret of [raw, sign, inbox]) secret.fill(0);
  return { ...keys, day: (salt) => derived(base, salt, "day") };
}

export interface Made {
  readonly signOpen: Uint8Array;
  wrap(staff: string, pin: string, cost: Cost): Promise<{ wrapped: Wrapped; keys: Keys }>;
}

/** New keys. The signing key's open half is known before the person's identifier is: the server tells that. */
export async function make(): Promise<Made> {
  const [sign, inbox] = [await signingPair(), await inboxPair()];
  return {
    signOpen: sign.open,
    async wrap(staff, pin, cost) {
      const raw = random(32);
      const salt = random(16);
      const dek = await Box.of(raw);
      const wrapped = {
        slot: { ...cost, salt, wrapped: await (await kek(cost, salt, pin)).lock("users", staff, raw) },
        sign: await dek.lock("users", `${staff}/sign`, sign.secret),
        inbox: await dek.lock("users", `${staff}/inbox`, inbox.secret),
        inboxOpen: inbox.open,
      };
      return { wrapped, keys: await keysOf(raw, sign.secret, inbox.secret) };
    },
  };
}

/** What a PIN makes of a slot: it opens the keys behind it, or nothing. */
export const doorOf = (slot: Slot, pin: string): Promise<Box> => kek(slot, slot.salt, pin);

/** Null when the PIN was not the one. Throws when the keys behind it were altered. */
export async function unwrap(
  row: { staff: string; slot: Slot; sign: Uint8Array; inbox: Uint8Array },
  door: Box,
): Promise<Keys | null> {
  const raw = await door.open("users", row.staff, row.slot.wrapped).catch(() => null);
  if (raw === null) return null;
  try {
    const dek = await Box.of(raw);
    const [sign, inbox] = await Promise.all([
      dek.open("users", `${row.staff}/sign`, row.sign),
      dek.open("users", `${row.staff}/inbox`, row.inbox),
    ]);
    return await keysOf(raw, sign, inbox);
  } finally {
    raw.fill(0);
  }
}
