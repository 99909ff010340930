/** What the tablet lets go of, and in which order when room is short. Never an envelope without a receipt. */
import type { Context } from "./context.ts";
import { SHAPE } from "./db.ts";
import { ASKING } from "./drafts.ts";
import type { BegunRow, CaseRow, DraftRow, SentRow, UserRow } from "./rows.ts";
import type { BlobRow } from "./types.ts";
import { dropKeys } from "./users.ts";

const DAY = 86_400_000;
const SENT_DAYS = 14;
const UNUSED_DAYS = 30;
/** A received change that no pull brings back by then belongs to a response this user no longer sees. */
const SHOWN_DAYS = 2;
const SENT_BYTES = 200 * 1024 * 1024;

const sizeOf = (row: SentRow): number => row.header.length + row.body.length + row.sig.length;

/** Sent envelopes that may go: past the last verified backup, else too old, else (oldest first) too many. */
export function spent(sent: readonly SentRow[], durable: string | null, now: Date): SentRow[] {
  const age = (row: SentRow) => now.getTime() - Date.parse(row.receivedAt);
  const safe = (row: SentRow) => durable !== null && Date.parse(row.receivedAt) <= Date.parse(durable);
  const kept: SentRow[] = [];
  const gone: SentRow[] = [];
  for (const row of sent) (safe(row) || age(row) > SENT_DAYS * DAY ? gone : kept).push(row);
  let bytes = kept.reduce((sum, row) => sum + sizeOf(row), 0);
  for (const row of kept.sort((one, other) => age(other) - age(one))) {
    if (bytes <= SENT_BYTES) break;
    bytes -= sizeOf(row);
    gone.push(row);
  }
  return gone;
}

/** `tight`: room is short, so cached cases that were not refreshed for a day go first. */
export async function purge(context: Context, tight: boolean): Promise<void> {
  const now = context.now();
  const before = (days: number) => new Date(now.getTime() - days * DAY).toISOString();
  if (tight) {
    await drop(context, "cases", (row: CaseRow) => row.id !== "lists" && row.at < before(1));
  }
  const users = await context.db.read(["users"], (rows) => rows.all<UserRow>("users"));
  for (const { staff, slot, usedAt } of users) {
    if (slot === null || usedAt > before(UNUSED_DAYS)) continue;
    await dropKeys(context, staff);
    context.log("unused_keys_dropped");
  }
  const durable = context.device()?.durableThrough ?? null;
  const gone = new Set(
    spent(await context.db.read(["sent"], (rows) => rows.all<SentRow>("sent")), durable, now).map(
      ({ mid }) => mid,
    ),
  );
  await drop(context, "sent", (row: SentRow) => gone.has(row.mid));
  await drop(context, "drafts", (row: DraftRow) => row.settled && row.at < before(UNUSED_DAYS));
  await drop(
    context,
    "drafts",
    (row: DraftRow) =>
      row.opened && !ASKING.includes(row.outcome ?? "") && (row.receivedAt ?? "9") < before(SHOWN_DAYS),
  );
  await drop(context, "begun", (row: BegunRow) => row.at < before(UNUSED_DAYS));
  await drop(context, "blobs", (row: BlobRow) => row.state === "sent" && row.at < before(SENT_DAYS));
}

async function drop<Row extends object>(
  context: Context,
  store: "cases" | "sent" | "drafts" | "blobs" | "begun",
  old: (row: Row) => boolean,
): Promise<void> {
  const { key } = SHAPE[store];
  const count = await context.db.write([store], async (rows) => {
    const found = (await rows.all<Row>(store)).filter(old);
    for (const row of found) {
      const parts = [key].flat().map((part) => Reflect.get(row, part) as string);
      await rows.delete(store, parts.length === 1 ? (parts[0] as string) : parts);
    }
    return found.length;
  });
  if (count > 0) context.log(`purged_${store}`, String(count));
}
