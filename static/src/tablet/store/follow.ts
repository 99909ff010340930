/** When a change takes the place of the one before it, which nobody has tried to send, and says both. */
import type { OutboxRow } from "./rows.ts";
import type { Mutation, PatchPayload } from "./types.ts";

/** "<key>@<sha8>" of the form a change was written on. */
export function formOf(change: Mutation): string | null {
  return change.form ? `${change.form.key}@${change.form.sha.slice(0, 8)}` : null;
}

/** Whether `change` may take the place of the never-tried `row` and say both. */
export function continues(row: OutboxRow, change: Mutation): boolean {
  return (
    !row.tried &&
    row.type === "draft.patch" &&
    change.type === "draft.patch" &&
    row.record === change.record &&
    row.form === formOf(change)
  );
}

/** Both patches as one: from where the first began to where the second ended. */
export function follows(first: PatchPayload, second: unknown): PatchPayload {
  const then = second as PatchPayload;
  const changes = { ...first.changes };
  for (const [field, change] of Object.entries(then.changes)) {
    // Null is a base of its own: nothing was there.
    const base = (field in first.changes ? first.changes[field]?.base : change.base) ?? null;
    changes[field] = { base, value: change.value };
  }
  return { ...then, ...first, changes, happened_at: then.happened_at ?? first.happened_at ?? null };
}
