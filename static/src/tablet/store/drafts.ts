/** What a user sees of a response: the server's last word with their own changes laid over it, in the order made. */
import type { Json, Values } from "../../field/values.ts";
import type {
  AlarmRow,
  ConflictRow,
  EntryRow,
  Lists,
  LocalEntry,
  LocalResponse,
  ResponseRow,
} from "./records.ts";
import type { DraftRow } from "./rows.ts";
import type { PatchPayload, StaffInfo } from "./types.ts";

/** A readable copy, opened. */
export interface Own {
  readonly row: DraftRow;
  readonly payload: { readonly [key: string]: Json };
  /** What the server said of it. */
  readonly detail: { readonly [key: string]: Json };
}

export interface Seen {
  readonly pulled: ResponseRow | null;
  /** Device clock at the begin of the pull that last said something of it, or found nothing new. */
  readonly fetchedAt: string | null;
  readonly lists: Lists | null;
  readonly staff: StaffInfo;
}

/** Outcomes that ask something of the author. */
export const ASKING = ["attention", "conflict", "frozen", "missing", "quarantined"];

/** Whether a pull already shows what became of it, so that the copy here says nothing more. */
export function reflected(row: DraftRow, pulled: ResponseRow | null, fetchedAt: string | null): boolean {
  if (row.outcome === null || row.outcome === "held" || row.receivedAt === null || fetchedAt === null)
    return false;
  if (fetchedAt <= row.receivedAt) return false;
  if (pulled === null) return row.type !== "encounter.create";
  if (row.type === "record.sign" && row.outcome === "applied") return pulled.signed_at !== null;
  if (row.version === null) return true;
  const entry = pulled.entries.find(({ record }) => record === row.record);
  if (entry) return entry.version >= row.version;
  // The server may have put it into the record it had already for a form that is filled once.
  const once = pulled.once[row.form?.split("@")[0] ?? ""];
  return row.type !== "draft.patch" || (once !== undefined && once !== row.record);
}

/** The fields of a patch that the server would not take, each with its sentence. */
export function refusals({ row, payload, detail }: Own): Record<string, string> {
  if (row.settled || row.type !== "draft.patch" || row.kept === null) return {};
  if (row.outcome === "attention") return (detail.refused ?? {}) as Record<string, string>;
  if (row.outcome !== "quarantined" || row.code === "open_failed") return {};
  const sentence = typeof detail.sentence === "string" ? detail.sentence : "The server could not take this.";
  return Object.fromEntries(
    Object.keys((payload as unknown as PatchPayload).changes).map((field) => [field, sentence]),
  );
}

/** Null when neither the server nor this user knows the response here. */
export function overlaid(id: string, own: readonly Own[], seen: Seen): LocalResponse | null {
  const mine = own
    .filter(({ row }) => row.encounter === id && row.kept !== null)
    .sort((one, other) => one.row.seq - other.row.seq);
  const begun = mine.find(({ row }) => row.type === "encounter.create");
  const start = seen.pulled ?? (begun ? fresh(id, begun, seen) : null);
  if (start === null) return null;
  const draft: Draft = {
    ...start,
    entries: start.entries.map(unchanged),
    local: seen.pulled === null,
    fetchedAt: seen.pulled && seen.fetchedAt ? new Date(seen.fetchedAt) : null,
    pending: mine.filter(({ row }) => row.outcome === null).length,
    signing: null,
  };
  for (const one of mine) {
    if (one.row.type === "draft.patch") patch(draft, one, seen);
    else if (!reflected(one.row, seen.pulled, seen.fetchedAt) && !gone(one.row) && !ownShown(one, seen))
      apply(draft, one, seen);
  }
  return draft;
}

type Draft = { -readonly [Key in keyof LocalResponse]: LocalResponse[Key] };

const gone = (row: DraftRow): boolean =>
  row.settled ||
  ["frozen", "missing", "quarantined"].includes(row.outcome ?? "") ||
  // What differed from what was signed is read and signed again.
  (row.type === "record.sign" && row.outcome === "conflict");

const words = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Whether a pull already shows which of their own sections a signature froze. */
function ownShown({ row, payload }: Own, { pulled, fetchedAt }: Seen): boolean {
  if (row.type !== "record.sign" || payload.own !== true || row.outcome !== "applied") return false;
  return pulled !== null && row.receivedAt !== null && fetchedAt !== null && fetchedAt > row.receivedAt;
}

function unchanged(entry: EntryRow): LocalEntry {
  return { ...entry, base: entry.values, pending: [], refused: {}, local: false, begun: null };
}

function fresh(id: string, { row, payload }: Own, { lists, staff }: Seen): ResponseRow {
  const incident = (payload.incident ?? {}) as { [key: string]: Json };
  const call = lists?.calls.find((known) => known.id === incident.id);
  const crew = Array.isArray(payload.crew) ? payload.crew : [];
  const times = (lists?.policies.times ?? []) as { field: string; label: string }[];
  return {
    id,
    version: 0,
    created_at: words(payload.begun_at) || row.at,
    signed_at: null,
    signed_by: null,
    programme: words(payload.programme),
    modality: words(payload.modality),
    unit: words(payload.unit) || null,
    title: call?.title ?? (words(payload.title) || words(incident.call_type)),
    address: call?.address ?? words(incident.address),
    writable: true,
    person: null,
    context: {},
    details: { modality: words(payload.modality) },
    crew: [
      { id: staff.id, name: staff.name, lead: true, remote: false },
      ...crew
        .filter((username) => username !== staff.username)
        .map((username) => ({ id: "", name: named(words(username), lists), lead: false, remote: false })),
    ],
    times: times.map(({ field, label }) => ({ field, label, at: null })),
    entries: [],
    once: {},
    gaps: [],
    alarms: [],
    conflicts: [],
    addenda: [],
    attachments: [],
    complete: false,
  };
}

function named(username: string, lists: Lists | null): string {
  return lists?.options.staff?.find(({ value }) => value === username)?.label ?? username;
}

function patch(draft: Draft, own: Own, seen: Seen): void {
  const { row, payload } = own;
  const shown = reflected(row, seen.pulled, seen.fetchedAt);
  const refused = refusals(own);
  if ((shown || gone(row)) && Object.keys(refused).length === 0) return;
  const { changes, happened_at } = payload as unknown as PatchPayload;
  const fields = shown ? Object.keys(refused).filter((field) => field in changes) : Object.keys(changes);
  const waiting = row.outcome === null;
  const entry = entryOf(draft, row, seen.staff);
  const values: Values = { ...entry.values };
  const pending = new Set(entry.pending);
  const sentences = { ...entry.refused };
  for (const field of fields) {
    values[field] = changes[field]?.value ?? null;
    if (waiting) pending.add(field);
    delete sentences[field];
    if (refused[field] !== undefined) sentences[field] = refused[field];
  }
  replace(draft, {
    ...entry,
    values,
    pending: Array.from(pending),
    refused: sentences,
    happened_at: (shown ? null : happened_at) ?? entry.happened_at,
    status: entry.status || "draft",
  });
}

function entryOf(draft: Draft, row: DraftRow, staff: StaffInfo): LocalEntry {
  const known = draft.entries.find(({ record }) => record === row.record);
  if (known) return known;
  return {
    form: row.form?.split("@")[0] ?? "",
    record: row.record ?? "",
    version: 0,
    values: {},
    base: {},
    status: "draft",
    frozen: false,
    author: { id: staff.id, name: staff.name },
    happened_at: null,
    recorded_at: row.at,
    summary: "",
    pending: [],
    refused: {},
    local: true,
    begun: row.form?.split("@")[1] ?? null,
  };
}

function replace(draft: Draft, entry: LocalEntry): void {
  const others = draft.entries.some(({ record }) => record === entry.record);
  draft.entries = others
    ? draft.entries.map((known) => (known.record === entry.record ? entry : known))
    : [...draft.entries, entry];
}

function apply(draft: Draft, { row, payload }: Own, { lists, staff }: Seen): void {
  switch (row.type) {
    case "person.create":
      replace(draft, personEntry(draft, row, payload, staff));
      draft.person = personOf(row, payload, lists);
      break;
    case "encounter.person":
      draft.person = personOf(row, payload, lists);
      break;
    case "draft.discard":
      draft.entries = draft.entries.filter(({ record }) => record !== row.record);
      break;
    case "encounter.time":
      draft.times = draft.times.map((time) =>
        time.field === payload.field ? { ...time, at: words(payload.value) || null } : time,
      );
      break;
    case "encounter.details":
      draft.modality = words(payload.modality) || draft.modality;
      draft.details = { ...draft.details, ...payload };
      break;
    case "encounter.crew": {
      const name = named(words(payload.staff), lists);
      if (draft.crew.some((member) => member.name === name)) break;
      draft.crew = [...draft.crew, { id: "", name, lead: false, remote: payload.remote === true }];
      break;
    }
    case "alarm.acknowledge":
      draft.alarms = acknowledged(draft.alarms, row, payload, staff);
      break;
    case "conflict.settle":
      settle(draft, payload);
      break;
    case "record.sign":
      if (payload.own === true) draft.entries = signedOwn(draft.entries, payload, staff, lists);
      else draft.signing = { mid: row.mid, at: new Date(row.at), received: row.outcome === "applied" };
      break;
    case "record.addendum":
      draft.addenda = [...draft.addenda, { ...payload, by: staff.name, at: row.at, local: true }];
      break;
    case "attachment.link":
      if (draft.attachments.some(({ id }) => id === payload.blob)) break;
      draft.attachments = [
        ...draft.attachments,
        {
          id: words(payload.blob),
          caption: words(payload.caption),
          kind: words(payload.kind),
          form: words(payload.form),
          record: words(payload.record) || null,
          complete: false,
        },
      ];
      break;
  }
}

/** Whoever signed their own sections changes them no more; those are the entries the signature names. */
function signedOwn(
  entries: LocalEntry[],
  payload: Own["payload"],
  staff: StaffInfo,
  lists: Lists | null,
): LocalEntry[] {
  const seen = JSON.parse(words(payload.seen) || "{}") as { entries?: Readonly<Record<string, unknown>> };
  const signed = new Set(Object.keys(seen.entries ?? {}));
  return entries.map((entry) =>
    signed.has(entry.record) && entry.author?.id === staff.id && !entry.frozen
      ? {
          ...entry,
          frozen: true,
          status: lists?.forms[entry.form]?.cosigned ? "awaiting_cosign" : "signed",
        }
      : entry,
  );
}

function personOf(row: DraftRow, payload: Own["payload"], lists: Lists | null): ResponseRow["person"] {
  if (row.type === "encounter.person") {
    const id = words(payload.person);
    return {
      id,
      name: words(payload.name) || (lists?.cases.find((one) => one.person.id === id)?.person.name ?? ""),
    };
  }
  const details = (payload.details ?? {}) as { [key: string]: Json };
  const name = [words(details.preferred_name) || words(details.first_name), words(details.last_name)];
  return {
    id: row.record ?? "",
    name: name.filter(Boolean).join(" ") || words(details.alias) || "Unknown person",
  };
}

/** What was told of a new person, where the form about persons looks for it. */
function personEntry(draft: Draft, row: DraftRow, payload: Own["payload"], staff: StaffInfo): LocalEntry {
  const { alias: _alias, phone: _phone, ...values } = (payload.details ?? {}) as Values;
  const entry = entryOf(draft, { ...row, form: "person" }, staff);
  return {
    ...entry,
    values: { ...values, ...entry.values },
    pending: row.outcome === null ? Object.keys(values) : [],
  };
}

function acknowledged(
  alarms: AlarmRow[],
  row: DraftRow,
  payload: Own["payload"],
  staff: StaffInfo,
): AlarmRow[] {
  const done = { state: "done", action: words(payload.action), by: staff.name, at: row.at };
  const is = (alarm: AlarmRow) => alarm.code === payload.code && alarm.entry === row.record;
  if (alarms.some(is)) return alarms.map((alarm) => (is(alarm) ? { ...alarm, ...done } : alarm));
  const blank = { id: "", level: "", title: "", message: "", do: null, actions: null };
  const form = row.form?.split("@")[0] ?? "";
  return [...alarms, { ...blank, code: words(payload.code), form, entry: row.record ?? "", ...done }];
}

function settle(draft: Draft, payload: Own["payload"]): void {
  const conflict = draft.conflicts.find(({ id }) => id === payload.conflict);
  if (conflict === undefined) return;
  draft.conflicts = draft.conflicts.filter(({ id }) => id !== conflict.id);
  const entry = draft.entries.find(({ record }) => record === conflict.entry);
  if (entry === undefined) return;
  replace(draft, { ...entry, values: { ...entry.values, [conflict.field]: chosen(conflict, payload.keep) } });
}

function chosen({ theirs, mine }: ConflictRow, keep: Json | undefined): Json {
  if (keep === "both") return [theirs, mine].filter((value) => typeof value === "string" && value).join("\n");
  return keep === "mine" ? mine : theirs;
}
