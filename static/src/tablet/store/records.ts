/** What a pull brings and how the screens see it: the server's last word with this user's own changes over it. */
import type { Json, Values } from "../../field/values.ts";
import type { StaffInfo } from "./types.ts";

export interface FormRights {
  readonly read: boolean;
  readonly write: boolean;
  readonly sign: boolean;
  /** What this role signs here waits for somebody's co-signature. */
  readonly cosigned?: boolean;
  readonly withheld: string[];
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Shift {
  readonly id: string;
  readonly unit: string;
  readonly programme: string;
  readonly crew: string[];
  readonly started_at: string;
}

export interface Call {
  readonly id: string;
  readonly title: string;
  readonly address: string;
  readonly place_kind: string;
  readonly source: string;
  readonly called_at: string;
  readonly number: string;
  readonly line: string;
}

export interface AssignedCase {
  readonly person: { readonly id: string; readonly name: string; readonly [more: string]: Json };
  /** "Follow-up visit due 14:00". */
  readonly why: string;
  readonly due_at: string | null;
  readonly overdue?: boolean;
  /** The 90-second card, as /api/people/<id>/card/ gives it; null for a role that does not use it. */
  readonly card: { readonly [part: string]: Json } | null;
  readonly response: string | null;
}

export interface EntryRow {
  readonly form: string;
  readonly record: string;
  readonly version: number;
  readonly values: Values;
  readonly status: string;
  readonly frozen: boolean;
  readonly author: { readonly id: string; readonly name: string };
  readonly happened_at: string | null;
  readonly recorded_at: string;
  readonly summary: string;
  /** Version of the questionnaire it was begun under; null for a form that is none. */
  readonly instrument?: number | null;
}

export interface CrewMember {
  readonly id: string;
  readonly name: string;
  readonly lead: boolean;
  readonly remote: boolean;
}

export interface TimeRow {
  readonly field: string;
  readonly label: string;
  readonly at: string | null;
}

export interface GapRow {
  readonly form: string;
  readonly field: string;
  readonly record: string | null;
  readonly sentence: string;
  readonly blocking: boolean;
  readonly code: string;
}

export interface AlarmRow {
  readonly id: string;
  readonly code: string;
  readonly level: string;
  readonly title: string;
  readonly message: string;
  readonly do: Json;
  readonly actions: Json;
  readonly form: string;
  readonly entry: string;
  readonly state: string;
  readonly action: string;
  readonly by: string | null;
  readonly at: string | null;
}

export interface ConflictRow {
  readonly id: string;
  readonly form: string;
  readonly entry: string;
  readonly field: string;
  readonly label: string;
  readonly base: Json;
  readonly theirs: Json;
  readonly mine: Json;
  readonly base_words: string;
  readonly theirs_words: string;
  readonly mine_words: string;
  readonly theirs_by: string;
  readonly theirs_at: string;
  readonly mine_by: string;
  readonly mine_at: string;
  readonly mine_is_me: boolean;
}

/** A photo or document of a response. `complete`: the server has all of it. */
export interface AttachedRow {
  readonly id: string;
  readonly caption: string;
  readonly kind?: string;
  readonly form?: string;
  readonly record?: string | null;
  readonly complete: boolean;
}

export interface ResponseRow {
  readonly id: string;
  readonly version: number;
  readonly created_at: string;
  readonly signed_at: string | null;
  readonly signed_by: string | null;
  readonly programme: string;
  readonly modality: string;
  readonly unit: string | null;
  readonly title: string;
  readonly address: string;
  readonly writable: boolean;
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly context: { readonly [key: string]: Json };
  /** Modality, response number and what is told of law enforcement. */
  readonly details?: { readonly [key: string]: Json };
  readonly crew: CrewMember[];
  readonly times: TimeRow[];
  readonly entries: EntryRow[];
  /** Record of each form that is filled once. */
  readonly once: Readonly<Record<string, string>>;
  readonly gaps: GapRow[];
  readonly alarms: AlarmRow[];
  readonly conflicts: ConflictRow[];
  readonly addenda: { readonly [key: string]: Json }[];
  readonly attachments: AttachedRow[];
  readonly complete: boolean;
  /** Other tablets it was written on shortly before the pull, latest first. */
  readonly elsewhere?: readonly { readonly tablet: string; readonly by: string; readonly at: string }[];
}

export interface PulledOutcome {
  readonly mid: string;
  readonly outcome: string;
  readonly detail: { readonly [key: string]: Json };
  readonly encounter: string | null;
  readonly form: string | null;
  readonly record: string | null;
  readonly type?: string;
  readonly opened?: boolean;
}

/** The lists of a pull: whole each time. */
export interface Lists {
  readonly zone: string;
  readonly bundle: string;
  readonly staff: StaffInfo;
  readonly forms: Readonly<Record<string, FormRights>>;
  readonly policies: { readonly [name: string]: Json };
  readonly shift: Shift | null;
  readonly programmes: { readonly code: string; readonly name: string }[];
  readonly units: { readonly call_sign: string; readonly programme: string }[];
  readonly options: Readonly<Record<string, Choice[]>>;
  readonly calls: Call[];
  readonly cases: AssignedCase[];
}

export interface Pulled extends Lists {
  readonly epoch: string;
  readonly cursor: string;
  readonly server_now: string;
  readonly responses: ResponseRow[];
  readonly gone: string[];
  readonly outcomes: PulledOutcome[];
}

export interface ResponseCard {
  readonly id: string;
  readonly title: string;
  readonly address: string;
  readonly programme: string;
  readonly unit: string | null;
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly created_at: string;
  readonly signed_at: string | null;
  /** Signed here, not yet received. */
  readonly signing: boolean;
  readonly writable: boolean;
  readonly complete: boolean;
  /** Own records of it that the server has not received. */
  readonly pending: number;
  readonly attention: number;
  /** The server has not shown it to this tablet yet. */
  readonly local: boolean;
}

/** Everything of a pull that is a list; empty lists before the first one. */
export interface Today extends Omit<Lists, "staff" | "bundle"> {
  /** Null before the first pull. */
  readonly fetchedAt: Date | null;
  readonly bundle: string | null;
  readonly responses: ResponseCard[];
}

export interface LocalEntry extends EntryRow {
  /** The server's last word, without own changes. A change starts from `values`: what this user saw. */
  readonly base: Values;
  /** Fields whose value here the server has not received. */
  readonly pending: string[];
  /** The server's sentence for each own value it could not take; the value stays in `values`. */
  readonly refused: Readonly<Record<string, string>>;
  /** Begun here; no pull has shown it yet. */
  readonly local: boolean;
  /** The first of the digest of the form it was begun on here; null for what a pull brought. */
  readonly begun: string | null;
}

export interface LocalResponse extends Omit<ResponseRow, "entries"> {
  readonly entries: LocalEntry[];
  readonly local: boolean;
  readonly fetchedAt: Date | null;
  /** Own records of it not received. */
  readonly pending: number;
  /** Set once this user has signed here, until a pull shows the signature or the server asks for more. */
  readonly signing: { readonly mid: string; readonly at: Date; readonly received: boolean } | null;
}
