/** How far a photo has come, in words. */
import type { BlobRow } from "../store/types.ts";

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
