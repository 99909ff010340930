/** Reads what the signed-in person may see and keeps it under their key. Never on the path of a save. */
import { asked, type Context } from "./context.ts";
import type { KeptLists } from "./reading.ts";
import { hear } from "./receipts.ts";
import type { Lists, Pulled } from "./records.ts";
import type { CaseRow, UserRow } from "./rows.ts";
import type { Session } from "./session.ts";

export type PullResult =
  | { kind: "ok"; pulled: Pick<Pulled, "epoch" | "server_now"> }
  | { kind: "signed_out" }
  | { kind: "unsure" };

/** Nothing is stored of an answer that is not whole, or is for somebody else than whoever is unlocked. */
export async function pull(context: Context, session: Session): Promise<PullResult> {
  const began = context.now().toISOString();
  const { id: staff } = session.staff;
  const { kept } = await session.cases("lists");
  const cursor = kept?.cursor ?? "";
  const address = cursor ? `/field/api/pull?cursor=${encodeURIComponent(cursor)}` : "/field/api/pull";
  const answer = await asked(context, address).catch(() => null);
  if (answer === null) return { kind: "unsure" };
  if (answer.status === 401 && answer.json !== null) return { kind: "signed_out" };
  const pulled = answer.json as unknown as Pulled | null;
  if (answer.status !== 200 || !pulled?.cursor || !Array.isArray(pulled.responses)) return { kind: "unsure" };
  if (pulled.staff?.id !== staff) return { kind: "signed_out" };
  if (session.ended) return { kind: "unsure" };
  const { epoch, cursor: next, server_now, responses, gone, outcomes, ...lists } = pulled;
  const box = await session.dayBox();
  const row = async (id: string, value: unknown): Promise<CaseRow> => ({
    ...{ staff, id, at: began },
    kept: await box.lockJson("cases", `${staff}/${id}`, value),
  });
  const rows = await Promise.all([
    row("lists", { lists: lists as Lists, cursor: next, fetchedAt: began } satisfies KeptLists),
    ...responses.map((response) => row(response.id, response)),
  ]);
  const whole = cursor === "" ? new Set(["lists", ...responses.map(({ id }) => id)]) : null;
  const user = await context.db.write(["cases", "users"], async (stored) => {
    const known = await stored.all<CaseRow>("cases", "staff", staff);
    const stale = known.map(({ id }) => id).filter((id) => whole !== null && !whole.has(id));
    for (const id of [...(gone ?? []), ...stale]) await stored.delete("cases", [staff, id]);
    for (const one of rows) await stored.put("cases", one);
    return stored.get<UserRow>("users", staff);
  });
  if (user && Array.isArray(outcomes)) await hear(context, user, outcomes, began);
  await session.tidy();
  return { kind: "ok", pulled: { epoch, server_now } };
}
