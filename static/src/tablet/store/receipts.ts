/** What the server has said of envelopes, written down: custody moves them out of the outbox, and nothing else does. */
import type { Context } from "./context.ts";
import { ASKING } from "./drafts.ts";
import type { Outbox } from "./outbox.ts";
import type { PulledOutcome } from "./records.ts";
import type { DraftRow, OutboxRow, SentRow, UserRow } from "./rows.ts";
import { sealBytes, utf8 } from "./seal.ts";
import type { Outcome } from "./types.ts";
import type { Receipt, ReceiptItem } from "./wire.ts";

type Said = Pick<ReceiptItem, "mid" | "outcome" | "opened" | "version" | "detail">;

/** What an author is told of although this tablet has nothing of it: it came from another, or the keys were made anew. */
const ELSEWHERE = ["attention", "frozen", "missing", "quarantined"];
/** The server names at most so many at once. */
const MOST_TOLD = 500;
const OPENED = ["applied", "merged", "conflict", "attention", "frozen", "missing"];

/** The word that stands: for a doubled delivery, that of the first. */
export function standing(item: ReceiptItem): Said {
  const { first } = item;
  if (item.outcome !== "dup" || !first?.outcome) return item;
  return {
    mid: item.mid,
    outcome: first.outcome,
    opened: first.opened ?? item.opened,
    version: first.version ?? item.version ?? null,
    detail: first.detail ?? {},
  };
}

export const codeOf = (detail: Said["detail"] | undefined): string =>
  typeof detail?.code === "string" ? detail.code : "";

/** Sealed to its author, who may not be at work: no clear word of it is stored. */
async function sealedDetail(user: UserRow | undefined, said: Said): Promise<Uint8Array | null> {
  if (user === undefined || Object.keys(said.detail ?? {}).length === 0) return null;
  return sealBytes(user.inboxOpen, utf8(said.mid), utf8(JSON.stringify(said.detail)));
}

/** Takes a whole receipt in. Throws when the disk refuses; the batch is then sent again and answered `dup`. */
export async function receive(
  context: Context,
  outbox: Outbox,
  receipt: Receipt,
  batch: readonly OutboxRow[],
): Promise<Said[]> {
  const words = new Map(receipt.items.map((item) => [item.mid, standing(item)]));
  const users = await context.db.read(["users"], (rows) => rows.all<UserRow>("users")).catch(() => []);
  const said = batch.map((row) => words.get(row.mid) as Said);
  const details = await Promise.all(
    batch.map((row, place) =>
      sealedDetail(
        users.find(({ staff }) => staff === row.staff),
        said[place] as Said,
      ),
    ),
  );
  const at = context.now().toISOString();
  const memory = batch.map((row) => outbox.forget(row.mid));
  const took = (keep: boolean) =>
    context.db.write(["outbox", "sent", "drafts"], async (rows) => {
      for (const [place, row] of batch.entries()) {
        const { mid, outcome, opened, version, detail } = said[place] as Said;
        await rows.delete("outbox", mid);
        if (!keep) continue;
        const { tried: _tried, helpUntil: _until, ...envelope } = row;
        const sent: SentRow = { ...envelope, outcome, receivedAt: receipt.received_at };
        await rows.put("sent", sent);
        const draft = (await rows.get<DraftRow>("drafts", mid)) ?? memory[place]?.draft;
        if (draft === undefined) continue;
        const told = { outcome, opened: opened === true, version: version ?? null, code: codeOf(detail) };
        await rows.put("drafts", { ...draft, ...told, detail: details[place] ?? null, receivedAt: at });
      }
    });
  try {
    await took(true);
  } catch (error) {
    context.log("not_stored", error);
    await took(false);
  }
  return said;
}

/**
 * Takes in what a pull that began at `began` tells: every piece of this author's work that still asks for something.
 * What was received before and is not named any more has been dealt with: a held one applied, a refused value entered anew.
 */
export async function hear(
  context: Context,
  user: UserRow,
  outcomes: readonly PulledOutcome[],
  began: string,
): Promise<void> {
  const at = context.now().toISOString();
  const said = outcomes.map(({ mid, outcome, opened, detail }) => ({
    ...{ mid, outcome: outcome as Outcome, opened: opened ?? OPENED.includes(outcome), version: null },
    detail: detail ?? {},
  }));
  const details = await Promise.all(said.map((one) => sealedDetail(user, one)));
  const named = new Set(outcomes.map(({ mid }) => mid));
  await context.db.write(["drafts", "outbox"], async (rows) => {
    for (const row of await rows.all<DraftRow>("drafts", "staff", user.staff)) {
      const told = row.receivedAt !== null && row.receivedAt < began && named.size < MOST_TOLD;
      if (!told || named.has(row.mid) || row.settled) continue;
      if (row.outcome === "held") await rows.put("drafts", { ...row, outcome: "applied", opened: true });
      else if (ASKING.includes(row.outcome ?? "")) await rows.put("drafts", { ...row, settled: true });
    }
    for (const [place, { mid, outcome, opened, detail }] of said.entries()) {
      const known = await rows.get<DraftRow>("drafts", mid);
      const waits = await rows.get<OutboxRow>("outbox", mid);
      const news = known?.outcome !== outcome || (opened && !known.opened);
      if (waits || known?.settled || !news) continue;
      const told = {
        outcome,
        opened: known?.opened || opened,
        code: codeOf(detail),
        detail: details[place] ?? null,
      };
      if (known) {
        await rows.put("drafts", { ...known, ...told, receivedAt: known.receivedAt ?? at });
      } else if (ELSEWHERE.includes(outcome)) {
        await rows.put("drafts", stranger(user.staff, outcomes[place] as PulledOutcome, told, at));
      }
    }
  });
}

function stranger(
  staff: string,
  { mid, encounter, record, form, type = "" }: PulledOutcome,
  told: Pick<DraftRow, "outcome" | "opened" | "code" | "detail">,
  at: string,
): DraftRow {
  const place = { mid, staff, encounter: encounter ?? "", record, form, seq: 0, type };
  return { ...place, ...told, at, kept: null, version: null, receivedAt: at, resealed: 0, settled: false };
}

/** Puts envelopes back that the server no longer has: as they were, under their own identifiers. */
export async function offerAgain(context: Context, mids: readonly string[]): Promise<number> {
  return context.db.write(["sent", "outbox"], async (rows) => {
    let count = 0;
    for (const mid of mids) {
      const row = await rows.get<SentRow>("sent", mid);
      if (row === undefined) continue;
      const { outcome: _outcome, receivedAt: _at, ...envelope } = row;
      await rows.put("outbox", { ...envelope, tried: true, helpUntil: null } satisfies OutboxRow);
      count += 1;
    }
    return count;
  });
}
