/** How far a photo has come, in words, and whether there is room for another. */
import type { BlobRow, StorageState } from "../store/types.ts";

/** Bytes that a photo must leave free: what is typed in a long shift comes first. */
const RESERVE = 8 * 1024 * 1024;

export const NO_ROOM =
  "There is no room on this tablet for the photo. Your record is saved without it. Send what is waiting, then attach " +
  "the photo again.";

export function stateWords(row: Pick<BlobRow, "state" | "have" | "chunks" | "detail">): string {
  switch (row.state) {
    case "waiting":
      return "Saved on this tablet. It is sent after the record.";
    case "sending":
      return `Sending: ${row.have.length} of ${row.chunks} parts.`;
    case "sent":
      return "Received.";
    case "refused":
      return row.detail;
  }
}

/** Of one whose bytes are not on this tablet. `complete`: the server has all of it. */
export function elsewhereWords(complete: boolean): string {
  return complete
    ? "Received. It is shown with the record on the server."
    : "Waiting on the tablet it was taken with. It is sent from there.";
}

/** Whether a photo of so many bytes may be kept. Browsers notice a full disk late, so room is asked for beforehand. */
export function hasRoom({ level, usage, quota }: StorageState, bytes: number): boolean {
  if (level === "full" || level === "memory") return false;
  return usage === null || quota === null || quota - usage > bytes + RESERVE;
}
