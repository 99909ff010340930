/** Sealed attachments that the server does not have yet; they go after every record. */
import type { Context } from "./context.ts";
import type { BlobRow, UnsentItem } from "./types.ts";

/**
 * Oldest first; those whose record is still in the outbox (`waiting`) are left out: the record counts for them.
 * Throws where the disk does not say.
 */
export async function attachedUnsent(context: Context, waiting: ReadonlySet<string>): Promise<BlobRow[]> {
  const rows = await context.db.read(["blobs"], (store) => store.all<BlobRow>("blobs"));
  return rows
    .filter(({ state, mid }) => (state === "waiting" || state === "sending") && !waiting.has(mid ?? ""))
    .sort((one, other) => (one.at < other.at ? -1 : 1));
}

/** After a restored backup the server may lack any of them; asked about each, it says which. */
export async function attachedAgain(context: Context): Promise<void> {
  await context.db.write(["blobs"], async (rows) => {
    for (const row of await rows.all<BlobRow>("blobs")) {
      if (row.state === "sent") await rows.put("blobs", { ...row, state: "waiting", have: [] });
    }
  });
}

export function attachedItem(row: BlobRow): UnsentItem {
  return {
    mid: row.mid ?? row.blob,
    state: "waiting",
    type: "attachment",
    encounter: row.encounter,
    record: null,
    form: null,
    at: new Date(row.at),
    title: "Photo",
    words: "Saved on this tablet. It is sent after the record.",
    detail: {},
    changes: {},
  };
}
