/** A photo as it is kept and sent: sealed to the server in whole, a small picture under the user's own key. */
import { uuid7 } from "../../lib/uuid7.ts";
import { hex, joined, sealBytes, text, utf8 } from "../store/seal.ts";
import type { BlobRow, Mutation, Unlocked } from "../store/types.ts";
import type { Prepared } from "./pictures.ts";

/** Bytes of every chunk but the last. */
export const CHUNK = 256 * 1024;

export interface Place {
  readonly encounter: string;
  readonly form: { readonly key: string; readonly sha: string };
  readonly record: string;
}

/** What only its author reads of an attachment here, beside the small picture. */
export interface Label {
  readonly caption: string;
  readonly kind: "photo" | "document";
  readonly form: string;
  readonly record: string;
}

export type Labelled = Label & { readonly picture: Uint8Array<ArrayBuffer> };

const LENGTH = 4;
const nameOf = (blob: string): string => `blobs/${blob}`;

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The change that adds it: its `attachment.link` and the sealed bytes, stored together or not at all. */
export async function attachment(
  user: Unlocked,
  place: Place,
  prepared: Prepared,
  caption: string,
  now: Date,
): Promise<Mutation & { blob: BlobRow }> {
  const blob = uuid7(now.getTime());
  const { kid, pk } = user.serverKey();
  const info = JSON.stringify({ v: 1, blob, kid });
  const sealed = await sealBytes(pk, utf8(info), prepared.bytes);
  const sha = await sha256(sealed);
  const { encounter, form, record } = place;
  const label: Label = { caption, kind: prepared.kind, form: form.key, record };
  return {
    type: "attachment.link",
    encounter,
    record,
    form,
    payload: {
      blob,
      sha256: sha,
      info,
      plain_sha256: await sha256(prepared.bytes),
      mime: prepared.mime,
      width: prepared.width,
      height: prepared.height,
      bytes: prepared.bytes.length,
      kind: prepared.kind,
      caption,
      encounter,
      form: form.key,
      record,
    },
    blob: {
      blob,
      staff: user.staff.id,
      encounter,
      sha256: sha,
      sealed,
      bytes: sealed.length,
      chunks: Math.ceil(sealed.length / CHUNK),
      have: [],
      state: "waiting",
      detail: "",
      at: now.toISOString(),
      preview: await user.lockBytes(nameOf(blob), packed(label, prepared.preview)),
    },
  };
}

/** Label and small picture of a row of this user. Throws for another's. */
export async function labelled(user: Unlocked, row: BlobRow): Promise<Labelled> {
  const bytes = await user.openBytes(nameOf(row.blob), row.preview);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const label = JSON.parse(text(bytes.subarray(LENGTH, LENGTH + length))) as Label;
  return { ...label, picture: bytes.slice(LENGTH + length) as Uint8Array<ArrayBuffer> };
}

function packed(label: Label, picture: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = utf8(JSON.stringify(label));
  const length = new Uint8Array(LENGTH);
  new DataView(length.buffer).setUint32(0, words.length);
  return joined(length, words, picture);
}
