/** Which of a user's readable copies have done their work. */
import { ASKING, type Own, reflected } from "./drafts.ts";
import type { ResponseRow } from "./records.ts";
import type { PatchPayload } from "./types.ts";

/**
 * `gone`: a pull shows what became of them and nobody has to look after them. `settled`: they asked for something and it
 * has happened; they stay as marks, so that a later pull that tells of them again raises nothing.
 */
export function settledNow(
  own: readonly Own[],
  responses: readonly ResponseRow[],
  fetchedAt: string | null,
): { settled: string[]; gone: string[] } {
  const settled: string[] = [];
  const gone: string[] = [];
  for (const one of own) {
    const pulled = responses.find(({ id }) => id === one.row.encounter) ?? null;
    const shown = reflected(one.row, pulled, fetchedAt);
    if (ASKING.includes(one.row.outcome ?? "")) {
      if (!one.row.settled && answered(one, own, pulled, shown)) settled.push(one.row.mid);
    } else if (shown && one.row.opened) {
      gone.push(one.row.mid);
    }
  }
  return { settled, gone };
}

function answered(one: Own, own: readonly Own[], pulled: ResponseRow | null, shown: boolean): boolean {
  const { row } = one;
  const later = own.filter((other) => other.row.seq > row.seq && other.row.encounter === row.encounter);
  switch (row.outcome) {
    case "attention": {
      const fields = Object.keys(one.detail.refused ?? {});
      return (
        fields.length > 0 && fields.every((field) => later.some((other) => patches(other, row.record, field)))
      );
    }
    case "missing":
      return later.some((other) => other.row.type === "record.sign") || (shown && pulled?.signed_at != null);
    case "conflict":
      if (!shown || pulled === null || row.type === "record.sign") return shown && pulled?.signed_at != null;
      return pulled.conflicts.every(({ entry }) => entry !== row.record);
    default:
      return false;
  }
}

function patches({ row, payload }: Own, record: string | null, field: string): boolean {
  if (row.type !== "draft.patch" || row.record !== record) return false;
  return field in (payload as unknown as PatchPayload).changes;
}
