/** What a signer sees, as one text: the signature carries it with its digest, so that nothing else is ever signed. */
import type { Json, Values } from "../../field/values.ts";
import { isEmpty } from "../../field/values.ts";
import type { FormFragment } from "../app.ts";
import type { LocalEntry, LocalResponse } from "../store/index.ts";

export interface Seen {
  readonly text: string;
  /** SHA-256 of the text's UTF-8, hex. */
  readonly sha256: string;
}

/**
 * The entries shown, by record, with the fields of their forms; the times; the person. A field is named when it is filled
 * here or when the server once sent a value for it.
 */
export async function seen(
  response: LocalResponse,
  shown: readonly { readonly entry: LocalEntry; readonly form: FormFragment }[],
): Promise<Seen> {
  const entries: Record<string, Json> = {};
  for (const { entry, form } of shown)
    entries[entry.record] = { form: entry.form, values: valuesOf(entry, form) };
  const times = Object.fromEntries(response.times.map(({ field, at }) => [field, at]));
  const text = JSON.stringify({ entries, times, person: response.person?.id ?? null });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { text, sha256 };
}

function valuesOf(entry: LocalEntry, form: FormFragment): Values {
  const named = Object.keys(form.kinds).filter(
    (field) => !isEmpty(entry.values[field]) || !isEmpty(entry.base[field]),
  );
  return Object.fromEntries(named.map((field) => [field, entry.values[field] ?? null]));
}
