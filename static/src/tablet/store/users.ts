/** Users of this tablet: who they are, their PINs and what happens to their keys. Nothing here touches a sealed record. */
import type { Context } from "./context.ts";
import type { Rows, StoreName } from "./db.ts";
import { bearable, type Cost, doorOf, type Keys, type Made, unwrap } from "./keys.ts";
import type { BegunRow, CaseRow, DraftRow, UserRow } from "./rows.ts";
import { KeysGone, type StaffInfo, WrongPin } from "./types.ts";

const FREE_TRIES = 3;
const MOST_TRIES = 10;

export const allUsers = (context: Context): Promise<UserRow[]> =>
  context.db.read(["users"], (rows) => rows.all<UserRow>("users"));

const one = (context: Context, staff: string): Promise<UserRow | undefined> =>
  context.db.read(["users"], (rows) => rows.get<UserRow>("users", staff));

/** Seconds that a wrong PIN costs: 8, 16 … 512 from the third on. */
export const delayAfter = (tries: number): number => (tries < FREE_TRIES ? 0 : 2 ** Math.min(tries, 9));

/**
 * How long to wait still. Within one page the monotonic clock counts; after a restart the tablet's own clock does, and
 * one that was set back starts the wait anew.
 */
export class Waits {
  private readonly since = new Map<string, number>();
  private readonly context: Context;
  private readonly monotonic: () => number;

  constructor(context: Context, monotonic: () => number) {
    this.context = context;
    this.monotonic = monotonic;
  }

  begin(staff: string): void {
    this.since.set(staff, this.monotonic());
  }

  end(staff: string): void {
    this.since.delete(staff);
  }

  /** Seconds. */
  left(user: UserRow): number {
    if (user.waitFrom === null || user.waitSeconds === 0) return 0;
    const began = this.since.get(user.staff);
    const wall = (this.context.now().getTime() - Date.parse(user.waitFrom)) / 1000;
    const gone = began === undefined ? wall : (this.monotonic() - began) / 1000;
    if (gone < 0) return user.waitSeconds;
    return Math.max(0, Math.ceil(user.waitSeconds - gone));
  }
}

/** A user's row and keys. Throws WrongPin and KeysGone; the try is written down before the PIN opens anything. */
export async function unlocked(
  context: Context,
  waits: Waits,
  staff: string,
  pin: string,
): Promise<{ user: UserRow; keys: Keys }> {
  const known = await one(context, staff);
  if (known === undefined || known.slot === null) throw new KeysGone();
  const early = waits.left(known);
  if (early > 0) throw new WrongPin(MOST_TRIES - known.tries, early);
  const writing = change(context, staff, (row) => {
    const tries = row.tries + 1;
    return { tries, waitFrom: context.now().toISOString(), waitSeconds: delayAfter(tries) };
  });
  const [tried, door] = await Promise.all([writing, doorOf(known.slot, pin)]);
  waits.begin(staff);
  if (tried.slot === null) throw new KeysGone();
  const keys = await unwrap({ ...tried, slot: tried.slot }, door);
  if (keys === null) {
    if (tried.tries < MOST_TRIES) throw new WrongPin(MOST_TRIES - tried.tries, tried.waitSeconds);
    await dropKeys(context, staff);
    context.log("pin_slot_dropped");
    throw new KeysGone();
  }
  waits.end(staff);
  const rested = { tries: 0, waitFrom: null, waitSeconds: 0, usedAt: context.now().toISOString() };
  return { user: await change(context, staff, () => rested), keys };
}

/** Writes a user down under new keys. What their old keys alone could read goes; what is sealed stays. */
export async function enrolled(
  context: Context,
  staff: StaffInfo,
  pin: string,
  made: Made,
): Promise<{ user: UserRow; keys: Keys }> {
  const { wrapped, keys } = await made.wrap(staff.id, pin, await costOf(context));
  const profile = await keys.dek.lockJson("users", `${staff.id}/profile`, staff);
  const user = await context.db.write(["users", ...READABLE], async (rows) => {
    const before = await rows.get<UserRow>("users", staff.id);
    await dropReadable(rows, staff.id);
    const row: UserRow = {
      ...wrapped,
      staff: staff.id,
      name: staff.name,
      initials: staff.initials,
      profile,
      seq: before?.seq ?? 0,
      tries: 0,
      waitFrom: null,
      waitSeconds: 0,
      day: null,
      left: false,
      usedAt: context.now().toISOString(),
    };
    await rows.put("users", row);
    return row;
  });
  return { user, keys };
}

/** A cost written down beforehand, or the one this tablet bears. */
async function costOf(context: Context): Promise<Cost> {
  const set = await context.db.read(["meta"], (rows) =>
    rows.get<{ memory: number; passes: number }>("meta", "pin_cost"),
  );
  return set ? { kdf: "argon2id", memory: set.memory, passes: set.passes } : bearable();
}

/** Forgets a user's keys and all that only they could read. Their sealed records stay and go by themselves. */
export async function dropKeys(context: Context, staff: string): Promise<void> {
  await context.db.write(["users", ...READABLE], async (rows) => {
    const row = await rows.get<UserRow>("users", staff);
    if (row === undefined) return;
    const none = new Uint8Array();
    await rows.put("users", { ...row, slot: null, sign: none, inbox: none, profile: none, day: null });
    await dropReadable(rows, staff);
  });
}

/** What is under a user's own keys. */
const READABLE: StoreName[] = ["drafts", "cases", "begun"];

async function dropReadable(rows: Rows, staff: string): Promise<void> {
  for (const { mid } of await rows.all<DraftRow>("drafts", "staff", staff)) await rows.delete("drafts", mid);
  for (const { name } of await rows.all<BegunRow>("begun", "staff", staff))
    await rows.delete("begun", [staff, name]);
  await dropCases(rows, staff);
}

async function dropCases(rows: Rows, staff: string): Promise<void> {
  for (const { id } of await rows.all<CaseRow>("cases", "staff", staff))
    await rows.delete("cases", [staff, id]);
}

/** Takes a user off this tablet at their wish; "" forgets everybody's keys. Places in the count of records stay. */
export async function left(context: Context, staff: string | undefined): Promise<void> {
  if (staff === undefined) return;
  const users = await context.db.read(["users"], (rows) => rows.all<UserRow>("users"));
  for (const each of users.filter(({ staff: one, slot }) => slot !== null && (staff === "" || one === staff)))
    await dropKeys(context, each.staff);
  if (staff !== "") await change(context, staff, () => ({ left: true }));
  context.log(staff === "" ? "wiped" : "left");
}

export async function change(
  context: Context,
  staff: string,
  by: (row: UserRow) => Partial<UserRow>,
): Promise<UserRow> {
  return context.db.write(["users"], async (rows) => {
    const row = await rows.get<UserRow>("users", staff);
    if (row === undefined) throw new KeysGone();
    const changed = { ...row, ...by(row) };
    await rows.put("users", changed);
    return changed;
  });
}

/** The end of a shift: the day's cases go, and the salt without which no copy of them can be read again. */
export async function forgetDay(context: Context, staff: string): Promise<void> {
  await change(context, staff, () => ({ day: null }));
  await context.db.write(["cases"], (rows) => dropCases(rows, staff));
}
