/** What the store's parts share: the database, the clock, the network, and who wants to know. */

import type { Database } from "./db.ts";
import { NeedsNetwork, NeedsSignIn, Refused } from "./errors.ts";
import type { DeviceRow, OutboxRow } from "./rows.ts";
import type { TabletEvent } from "./types.ts";

export interface Context {
  readonly db: Database;
  now(): Date;
  /** Runs `work` after so many milliseconds; the result cancels it. */
  later(work: () => void, milliseconds: number): () => void;
  fetch(address: string, init: RequestInit): Promise<Response>;
  device(): DeviceRow | null;
  /** Writes the device row down and lets everybody see it. */
  remember(change: Partial<DeviceRow>): Promise<void>;
  emit(event: TabletEvent): void;
  /** Into the ring of local events: an event and a word or an error's name. Never a value somebody typed. */
  log(event: string, detail?: unknown): void;
  /** An envelope is on the disk. */
  saved(row: OutboxRow, replaces: string | null): void;
}

/** One JSON exchange with the server's read plane; what is not a JSON answer of ours is told apart. */
export async function asked(
  context: Context,
  address: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Record<string, unknown> | null; foreign: boolean }> {
  const init: RequestInit = {
    method: body === undefined ? "GET" : "POST",
    headers: { Accept: "application/json", "X-Field": "1", ...headers },
    credentials: "same-origin",
    redirect: "manual",
    cache: "no-store",
  };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const stop = new AbortController();
  const cancel = context.later(() => stop.abort(), 30_000);
  try {
    const answer = await context.fetch(address, { ...init, signal: stop.signal });
    const ours = answer.headers.get("Content-Type")?.includes("json") === true;
    const json = ours ? ((await answer.json()) as Record<string, unknown>) : null;
    return { status: answer.status, json, foreign: !ours };
  } finally {
    cancel();
  }
}

const token = (): string => globalThis.document?.cookie.match(/(?:^|; )mih_csrf=([^;]*)/)?.[1] ?? "";

/** An exchange that wants a session. Throws NeedsNetwork, NeedsSignIn, Refused with the server's sentence. */
export async function signedIn(
  context: Context,
  address: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  // A page that came from the service worker has brought no token.
  if (token() === "") await asked(context, "/field/me/").catch(() => null);
  const answer = await asked(context, address, body, { "X-CSRFToken": token() }).catch(() => null);
  if (answer === null || answer.status >= 500) throw new NeedsNetwork();
  if (answer.json === null || answer.status === 401) throw new NeedsSignIn();
  if (answer.status === 200) return answer.json;
  const sentence = String(answer.json.sentence ?? "The server refused this. Tell your supervisor.");
  throw new Refused(sentence, answer.status);
}
