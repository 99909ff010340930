/** What the tablet tells of itself, with nobody signed in, and what the server asks of it. */
import { attachedAgain, attachedUnsent } from "./attached.ts";
import { asked, type Context } from "./context.ts";
import { ASKING } from "./drafts.ts";
import type { Outbox } from "./outbox.ts";
import { offerAgain } from "./receipts.ts";
import type { DraftRow, SentRow, UserRow } from "./rows.ts";
import { fromBase64, type ServerKey } from "./seal.ts";

const MIDS_TOLD = 500;
const MIDS_ASKED = 2000;

export interface UserReport {
  staff: string;
  pending: number;
  oldest: string | null;
  mids: string[];
  attention: number;
}

export interface Heard {
  readonly epoch: string;
  readonly server_now: string;
  readonly directives: readonly string[];
}

/** Every user's unsent records, as they are told to the server. Throws where the disk does not say. */
export async function usersReport(context: Context, outbox: Outbox): Promise<UserReport[]> {
  const envelopes = await outbox.all();
  const attached = await attachedUnsent(context, new Set(envelopes.map(({ mid }) => mid)));
  const pending = [...envelopes, ...attached.map((row) => ({ ...row, mid: row.mid ?? row.blob }))];
  const { users, drafts } = await context.db.read(["users", "drafts"], async (rows) => ({
    users: await rows.all<UserRow>("users"),
    drafts: await rows.all<DraftRow>("drafts"),
  }));
  return users.map(({ staff }) => {
    const mine = pending.filter((row) => row.staff === staff);
    const asking = drafts.filter(
      (row) => row.staff === staff && !row.settled && ASKING.includes(row.outcome ?? ""),
    );
    return {
      staff,
      pending: mine.length,
      oldest: mine.map(({ at }) => at).sort()[0] ?? null,
      mids: mine.slice(0, MIDS_TOLD).map(({ mid }) => mid),
      attention: asking.length,
    };
  });
}

/** Forms that unfinished work on this tablet was begun with, as "<key>@<sha8>". */
export async function pinned(context: Context): Promise<string[]> {
  const drafts = await context.db.read(["drafts"], (rows) => rows.all<DraftRow>("drafts"));
  return Array.from(new Set(drafts.flatMap(({ form }) => form ?? [])));
}

export function keysOf(value: unknown): ServerKey[] {
  const keys = Array.isArray(value) ? (value as { kid: string; pk: string }[]) : [];
  return keys.map(({ kid, pk }) => ({ kid, pk: fromBase64(pk) }));
}

/** Null when the server was not heard. */
export async function report(
  context: Context,
  outbox: Outbox,
  about: {
    app: string;
    bundle: string;
    persisted: boolean | null;
    quota: number | null;
    usage: number | null;
  },
): Promise<Heard | null> {
  const body = {
    ...about,
    client_now: context.now().toISOString(),
    epoch: context.device()?.epoch ?? null,
    users: await usersReport(context, outbox),
  };
  const answer = await asked(context, "/field/api/report", body).catch(() => null);
  const json = answer?.status === 200 ? answer.json : null;
  if (!json || typeof json.epoch !== "string" || typeof json.server_now !== "string") return null;
  const keys = keysOf(json.keys);
  if (keys.length > 0) await context.remember({ keys });
  const directives = Array.isArray(json.directives) ? (json.directives as string[]) : [];
  return { epoch: json.epoch, server_now: json.server_now, directives };
}

/** Asks which kept envelopes the server lacks and puts those back into the outbox. False when it was not heard. */
export async function offerKept(context: Context): Promise<boolean> {
  const sent = await context.db.read(["sent"], (rows) => rows.all<SentRow>("sent"));
  const mids = sent.map(({ mid }) => mid);
  for (let from = 0; from < mids.length; from += MIDS_ASKED) {
    const part = mids.slice(from, from + MIDS_ASKED);
    const answer = await asked(context, "/field/api/have", { mids: part }).catch(() => null);
    const missing = answer?.status === 200 ? answer.json?.missing : null;
    if (!Array.isArray(missing)) return false;
    const back = await offerAgain(context, missing as string[]);
    if (back > 0) context.log("offered_again", String(back));
  }
  await attachedAgain(context);
  return true;
}
