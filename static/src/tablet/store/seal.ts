/** Envelopes: exact header bytes, a body that only the server opens, the author's signature over both. */

/** As it stands in the envelope, keys in this order. */
export interface Header {
  readonly v: 1;
  readonly mid: string;
  readonly seq: number;
  readonly device: string;
  readonly author: string;
  readonly encounter: string | null;
  readonly record: string | null;
  readonly prev: string | null;
  readonly type: string;
  /** "<key>@<sha8>". */
  readonly form: string | null;
  readonly kid: string;
  readonly captured_at: string;
  readonly tz: string;
  readonly clock: { readonly offset_ms: number | null; readonly last_seen: string | null };
  readonly app: string;
}

export interface Sealed {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly sig: Uint8Array<ArrayBuffer>;
}

export interface ServerKey {
  readonly kid: string;
  /** Uncompressed point, 65 bytes. */
  readonly pk: Uint8Array;
}

/** Fetched when the first thing is sealed, or beforehand. */
export const hpke = async () => (await import("./hpke.ts")).suite;

const POINT = 65;
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const DIGEST = { name: "ECDSA", hash: "SHA-256" };

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromBase64 = (encoded: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Raw deflate, no header: what zlib reads with wbits -15. */
export async function deflated(plain: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new CompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  const [bytes] = await Promise.all([
    new Response(stream.readable).arrayBuffer(),
    writer.write(plain as BufferSource),
    writer.close(),
  ]);
  return new Uint8Array(bytes);
}

/** HPKE base mode to a P-256 public key: enc ‖ ct, bound to `info`. */
export async function sealBytes(
  pk: Uint8Array,
  info: Uint8Array,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const suite = await hpke();
  const recipientPublicKey = await suite.kem.deserializePublicKey(pk);
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  return joined(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(plain)));
}

/** Opens what `sealBytes` made. Throws for other bytes, another `info` or another key. */
export async function openSealed(
  recipientKey: CryptoKey,
  info: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const suite = await hpke();
  const recipient = await suite.createRecipientContext({ recipientKey, info, enc: sealed.slice(0, POINT) });
  return new Uint8Array(await recipient.open(sealed.slice(POINT)));
}

export async function sealEnvelope(
  header: Header,
  payload: unknown,
  server: ServerKey,
  author: CryptoKey,
): Promise<Sealed> {
  const bytes = utf8(JSON.stringify(header));
  const body = await sealBytes(server.pk, bytes, await deflated(utf8(JSON.stringify(payload))));
  const sig = new Uint8Array(await crypto.subtle.sign(DIGEST, author, joined(bytes, body)));
  return { header: bytes, body, sig };
}

export interface Pair {
  /** PKCS#8. */
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Uncompressed point, 65 bytes. */
  readonly open: Uint8Array<ArrayBuffer>;
}

async function pairOf(algorithm: EcKeyGenParams, usages: KeyUsage[]): Promise<Pair> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, usages)) as CryptoKeyPair;
  return {
    secret: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
    open: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** A pair that signs. */
export const signingPair = (): Promise<Pair> => pairOf(SIGNING, ["sign", "verify"]);

/** A pair that things are sealed to. */
export const inboxPair = (): Promise<Pair> => pairOf({ name: "ECDH", namedCurve: "P-256" }, ["deriveBits"]);

export const signingKey = (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", secret, SIGNING, false, ["sign"]);

export const inboxKey = (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("pkcs8", secret, { name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
