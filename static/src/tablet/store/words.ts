/** Where a record stands, in words for its author. */
import type { Own } from "./drafts.ts";
import type { OutboxRow } from "./rows.ts";
import type { Json, PatchPayload, UnsentItem, Values } from "./types.ts";

const TITLES: Readonly<Record<string, string>> = {
  "encounter.create": "New response",
  "encounter.person": "Whom the response is for",
  "encounter.time": "Time",
  "encounter.details": "Details of the response",
  "encounter.crew": "Crew",
  "person.create": "New person",
  "draft.patch": "Form",
  "draft.discard": "Removed form",
  "alarm.acknowledge": "Answer to an alert",
  "conflict.settle": "Choice between two values",
  "record.sign": "Signature",
  "record.addendum": "Addendum",
  "attachment.link": "Photo or document",
};

const WORDS: Readonly<Record<UnsentItem["state"], string>> = {
  waiting: "Saved on this tablet. It goes by itself when there is a signal.",
  tried: "Sent, not confirmed yet. It is sent again by itself until the server confirms it.",
  help: "The server did not take it as it is. It is kept and tried again; tell your supervisor.",
  memory: "The tablet's storage is full. Keep this screen open until it is sent.",
  conflict: "Somebody else wrote another value. Both are kept: choose one.",
  attention: "Received, except the values marked in the form. Correct them there.",
  held: "Received. It waits for an earlier record of this response.",
  frozen: "Received after signing, so nothing was changed. Send it as an addendum.",
  missing: "Your signature is kept. The response still lacks something: add it, then sign again.",
  quarantined: "Received, but it could not be used as it is. A supervisor looks after it.",
};

/** `row`: still in the outbox; `own`: its readable copy, when this user's key opens one. */
export function unsentItem(row: OutboxRow | null, own: Own | null): UnsentItem {
  const place = row ?? own?.row;
  if (place === undefined) throw new Error("Neither an envelope nor a copy.");
  const state = row ? stateOf(row) : (own?.row.outcome as UnsentItem["state"]);
  const said = own?.detail.sentence;
  const told = typeof said === "string" && said !== "" && ["attention", "quarantined"].includes(state);
  return {
    mid: place.mid,
    state,
    type: place.type,
    encounter: place.encounter || null,
    record: place.record,
    form: place.form?.split("@")[0] ?? null,
    at: new Date(place.at),
    title: TITLES[place.type] ?? "Record",
    words: told ? `${WORDS[state]} ${said}` : WORDS[state],
    detail: own?.detail ?? {},
    changes: own?.row.type === "draft.patch" ? valuesOf(own.payload) : {},
  };
}

function stateOf(row: OutboxRow): UnsentItem["state"] {
  if (row.helpUntil !== null) return "help";
  return row.tried ? "tried" : "waiting";
}

function valuesOf(payload: { readonly [key: string]: Json }): Values {
  const { changes } = payload as unknown as PatchPayload;
  return Object.fromEntries(Object.entries(changes ?? {}).map(([field, { value }]) => [field, value]));
}
