/** A batch as it travels, and what counts as its receipt. Everything else counts as nothing. */
import type { OutboxRow } from "./rows.ts";
import { hex, joined, utf8 } from "./seal.ts";
import type { Json, Outcome } from "./types.ts";

export const MOST_ITEMS = 200;
export const MOST_BYTES = 256 * 1024;
export const ENVELOPES = "application/vnd.mih.envelopes";
const RECEIPT = "application/vnd.mih.receipt+json";
const FRAME = 10;
const OUTCOMES = new Set<string>([
  "applied",
  "merged",
  "conflict",
  "attention",
  "held",
  "frozen",
  "missing",
  "quarantined",
  "dup",
]);

export interface ReceiptItem {
  readonly mid: string;
  readonly outcome: Outcome;
  readonly opened: boolean;
  readonly version: number | null;
  readonly detail: { readonly [key: string]: Json };
  /** Of a `dup`: what was said the first time. */
  readonly first?: Partial<ReceiptItem>;
}

export interface Receipt {
  readonly nonce: string;
  readonly epoch: string;
  readonly received_at: string;
  readonly durable_through: string | null;
  readonly items: readonly ReceiptItem[];
  readonly directives?: readonly string[];
}

type Envelope = Pick<OutboxRow, "header" | "body" | "sig">;

export const sizeOf = (row: Envelope): number => FRAME + row.header.length + row.body.length + row.sig.length;

/** As many from the front as fit; at least one. */
export function batchOf<Row extends Envelope>(rows: readonly Row[], bytes: number): Row[] {
  const batch: Row[] = [];
  let size = 20;
  for (const row of rows) {
    size += sizeOf(row);
    if (batch.length === MOST_ITEMS || (batch.length > 0 && size > bytes)) break;
    batch.push(row);
  }
  return batch;
}

export function framed(nonce: Uint8Array, rows: readonly Envelope[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [utf8("MIH1"), nonce];
  for (const { header, body, sig } of rows) {
    const lengths = new DataView(new ArrayBuffer(FRAME));
    lengths.setUint32(0, header.length);
    lengths.setUint32(4, body.length);
    lengths.setUint16(8, sig.length);
    parts.push(new Uint8Array(lengths.buffer), header, body, sig);
  }
  return joined(...parts);
}

/** The receipt in an answer, or null for anything that is not the whole receipt of this very batch. */
export async function receiptOf(
  answer: Response,
  nonce: Uint8Array,
  rows: readonly OutboxRow[],
): Promise<Receipt | null> {
  const type = answer.headers.get("Content-Type")?.split(";")[0]?.trim();
  if (answer.status !== 200 || answer.redirected || type !== RECEIPT) return null;
  const read: unknown = await answer.json().catch(() => null);
  if (typeof read !== "object" || read === null) return null;
  const receipt = read as Partial<Receipt>;
  if (receipt.nonce !== hex(nonce) || typeof receipt.epoch !== "string" || !Array.isArray(receipt.items)) {
    return null;
  }
  if (Number.isNaN(Date.parse(receipt.received_at ?? ""))) return null;
  const named = new Map(receipt.items.map((item) => [item?.mid, item]));
  const whole = rows.every(({ mid }) => OUTCOMES.has(named.get(mid)?.outcome ?? ""));
  return whole ? (receipt as Receipt) : null;
}
