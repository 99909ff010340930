/**
 * Sends sealed photos piece by piece, after all records, from wherever the last try stopped. Needs no key and no page:
 * only the rows, a way to keep them, and the network.
 */
import { toBase64 } from "../store/seal.ts";
import type { BlobRow } from "../store/types.ts";
import { CHUNK } from "./sealing.ts";

export interface Sending {
  /** Rows that the server does not have yet, oldest first; their records have been received. */
  readonly rows: readonly BlobRow[];
  /** Keeps a changed row. */
  put(row: BlobRow): Promise<void>;
  fetch(address: string, init: RequestInit): Promise<Response>;
  /** Runs `work` after so many milliseconds; the result cancels it. */
  later(work: () => void, milliseconds: number): () => void;
  /** Chunks sent and chunks there are, over all rows. */
  onStatus?(done: number, of: number): void;
}

/** `reason` is a sentence; `after` milliseconds the server asks to wait. */
export type Sent = { readonly kind: "done" } | { readonly kind: "waits"; reason: string; after: number };

interface Told {
  readonly have: number[];
  readonly complete: boolean;
}

const PATIENCE = 20_000;
/** Bytes a second below which a chunk counts as stuck. */
const SLOWEST = 5_000;
/** How often a whole that arrived wrong is sent anew before the next try. */
const ROUNDS = 2;

class Waits extends Error {
  readonly after: number;
  constructor(reason: string, after = 0) {
    super(reason);
    this.after = after;
  }
}

class Refusal extends Error {}

export async function sendBlobs(sending: Sending): Promise<Sent> {
  const of = sending.rows.reduce((sum, row) => sum + row.chunks, 0);
  let before = 0;
  try {
    for (const row of sending.rows) {
      await sendOne(sending, row, (done) => sending.onStatus?.(before + done, of));
      before += row.chunks;
    }
    return { kind: "done" };
  } catch (error) {
    if (error instanceof Waits) return { kind: "waits", reason: error.message, after: error.after };
    throw error;
  }
}

async function sendOne(sending: Sending, row: BlobRow, tell: (done: number) => void): Promise<void> {
  try {
    // The server is asked first: it may have been restored, or this tablet may have missed its last answer.
    let told = await exchange(sending, row, null);
    for (let round = 0; !told.complete; round += 1) {
      if (round === ROUNDS) throw new Waits("A photo arrives damaged. It is sent again later.");
      const missing = Array.from({ length: row.chunks }, (_, n) => n).filter((n) => !told.have.includes(n));
      for (const n of missing) {
        told = await exchange(sending, row, n);
        await sending.put({ ...row, have: told.have, state: "sending" });
        tell(told.have.length);
      }
    }
    await sending.put({ ...row, have: told.have, state: "sent", detail: "" });
    tell(row.chunks);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await sending.put({ ...row, state: "refused", detail: error.message });
  }
}

async function exchange(sending: Sending, row: BlobRow, n: number | null): Promise<Told> {
  const whole = `/field/api/blob/${row.sha256}/`;
  const init: RequestInit = {
    method: "GET",
    headers: { Accept: "application/json", "X-Field": "1" },
    credentials: "same-origin",
    redirect: "manual",
    cache: "no-store",
  };
  let address = whole;
  let size = 0;
  if (n !== null) {
    const chunk = row.sealed.slice(n * CHUNK, (n + 1) * CHUNK);
    size = chunk.length;
    address = `${whole}${n}?of=${row.chunks}&bytes=${row.bytes}`;
    const digest = toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", chunk)));
    init.method = "PUT";
    init.body = chunk;
    init.headers = {
      ...init.headers,
      "Content-Type": "application/octet-stream",
      "Content-Digest": `sha-256=:${digest}:`,
    };
  }
  const stop = new AbortController();
  const cancel = sending.later(() => stop.abort(), PATIENCE + (size / SLOWEST) * 1000);
  try {
    const answer = await sending.fetch(address, { ...init, signal: stop.signal });
    return await understood(answer, row);
  } catch (error) {
    if (error instanceof Waits || error instanceof Refusal) throw error;
    throw new Waits(stop.signal.aborted ? "The network is too slow." : "No network.");
  } finally {
    cancel();
  }
}

async function understood(answer: Response, row: BlobRow): Promise<Told> {
  const ours = answer.headers.get("Content-Type")?.includes("json") === true;
  if (!ours) {
    if (answer.status >= 500) throw new Waits("The server is busy.");
    throw new Waits("This network wants a sign-in of its own before anything gets through.");
  }
  const said = (await answer.json()) as Partial<Told> & { code?: unknown; sentence?: unknown };
  if (answer.status === 200 && fits(said, row)) return { have: said.have, complete: said.complete };
  const sentence = typeof said.sentence === "string" ? said.sentence : "The server is busy.";
  // Sent as it is it would be refused again; everything else may pass.
  if (answer.status === 413 || said.code === "wrong_shape") throw new Refusal(sentence);
  const wait = Number(answer.headers.get("Retry-After") ?? 0);
  throw new Waits(sentence, Number.isFinite(wait) ? wait * 1000 : 0);
}

/** Whether an answer speaks of this blob: anything else is no receipt. */
function fits(said: Partial<Told>, row: BlobRow): said is Told {
  const { have, complete } = said;
  if (!Array.isArray(have) || typeof complete !== "boolean") return false;
  const known = new Set(have);
  if (have.some((n) => !Number.isInteger(n) || n < 0 || n >= row.chunks)) return false;
  return complete ? known.size === row.chunks : true;
}
