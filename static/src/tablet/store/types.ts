/** What the tablet's store offers its screens. Nothing here touches the DOM but two page events for tests. */
import type { Json, Values } from "../../field/values.ts";
import type { LocalResponse, Today } from "./records.ts";

export type { Json, Values } from "../../field/values.ts";
export {
  KeysGone,
  NeedsNetwork,
  NeedsSignIn,
  NoDevice,
  Refused,
  Unsent,
  WeakPin,
  WrongPin,
} from "./errors.ts";
export type * from "./records.ts";

export interface DeviceInfo {
  readonly id: string;
  readonly name: string;
  /** IANA name of the agency's zone. */
  readonly zone: string;
  readonly agency: string;
  readonly epoch: string;
  readonly enrolledAt: Date;
}

export interface StaffInfo {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly signature_name: string;
  readonly initials: string;
  readonly role: string;
  readonly role_name: string;
  readonly programme: string | null;
  readonly in_practice: boolean;
}

/** One user of this tablet on the lock screen. */
export interface Tile {
  readonly staff: string;
  readonly name: string;
  readonly initials: string;
  /** Sealed records that the server has not received. */
  readonly pending: number;
  readonly oldest: Date | null;
  readonly attention: number;
  /** No PIN is tried before this. */
  readonly waitUntil: Date | null;
  /** False once the key slot is gone: the user signs in online and sets a new PIN. */
  readonly pinSet: boolean;
}

export type State = "idle" | "saving" | "saved" | "sending" | "received" | "attention" | "memory";

export interface Status {
  readonly state: State;
  /** Of the last "saved" or "received". */
  readonly at: Date | null;
  /** Of every user of this tablet. */
  readonly pending: number;
  readonly attention: number;
  readonly oldest: Date | null;
  readonly nextTryAt: Date | null;
  /** Why sending waits, as a sentence; "" while it does not. */
  readonly reason: string;
  readonly progress: { readonly done: number; readonly of: number } | null;
  /** The session has ended: lists are not refreshed until somebody signs in. Sending goes on. */
  readonly signedOut: boolean;
  /** What the last try met; "portal": an answer that was not the server's. */
  readonly network: "unknown" | "ok" | "none" | "portal";
}

export interface StorageState {
  /** Null where the browser does not say. */
  readonly persisted: boolean | null;
  /** Bytes. */
  readonly usage: number | null;
  readonly quota: number | null;
  readonly level: "ok" | "warn" | "full" | "memory";
}

/** One line of the check before a shift. `ok` null: could not be told. */
export interface Check {
  readonly key:
    | "installed"
    | "keys"
    | "write"
    | "persisted"
    | "storage"
    | "clock"
    | "forms"
    | "cases"
    | "old";
  readonly label: string;
  readonly ok: boolean | null;
  /** What was found, and what to do when it is not well. */
  readonly words: string;
}

export interface EndReceipt {
  /** JSON text that the server signed. */
  readonly statement: string;
  readonly signature: string;
  readonly kid: string;
  readonly words: string;
}

/** "lists": somebody unlocked, or a pull brought their lists. */
export type TabletEvent = "status" | "lists" | "records" | "locked" | "storage" | "signed_out" | "update";

export interface Tablet {
  device(): DeviceInfo | null;
  users(): Promise<Tile[]>;
  /**
   * Makes the signed-in person a user of this tablet, or sets their new PIN after a forgotten one.
   * Throws WeakPin, NeedsSignIn, NeedsNetwork, Refused.
   */
  enrol(input: { name: string; pin: string }): Promise<Unlocked>;
  /** Throws WrongPin, KeysGone. */
  unlock(staff: string, pin: string): Promise<Unlocked>;
  lock(): Promise<void>;
  /** Takes whoever is in off this tablet: keys, cases and drafts go; sealed records stay and go by themselves. */
  leave(): Promise<void>;
  readonly unlocked: Unlocked | null;
  status(): Status;
  on(event: TabletEvent, listen: () => void): () => void;
  /** Tries at once; resolves when the try is over, whatever came of it. */
  sendNow(): Promise<void>;
  pull(): Promise<"ok" | "signed_out" | "unsure">;
  report(): Promise<void>;
  storage(): Promise<StorageState>;
  /** Asks the browser to keep what is stored here; null where it cannot be asked. */
  persist(): Promise<boolean | null>;
  checkUp(): Promise<Check[]>;
  /** Everything unsent, sealed, in the framing of a push: only the server opens it. */
  sealedFile(): Promise<Blob>;
  /** Throws Unsent, NeedsSignIn, NeedsNetwork. */
  endOfShift(): Promise<EndReceipt>;
  /** Forms ("<key>@<sha8>") that unfinished work on this tablet was written with; their fragments stay cached. */
  pinned(): Promise<string[]>;
  /** The last local events, without personal data, newest first. */
  log(): Promise<LogLine[]>;
}

export interface LogLine {
  readonly at: Date;
  readonly event: string;
  readonly detail: string;
}

export type Mutation = {
  readonly type: string;
  readonly encounter?: string;
  readonly record?: string;
  readonly form?: { readonly key: string; readonly sha: string };
  readonly payload: unknown;
  /** Stored in the same transaction as its `attachment.link`. */
  readonly blob?: BlobRow;
};

/** Payload of `draft.patch`. A change without `base` gets the last value this user saw. */
export interface PatchPayload {
  readonly changes: Readonly<Record<string, { readonly base?: Json; readonly value: Json }>>;
  readonly base_version?: number;
  readonly happened_at?: string | null;
}

export interface Saved {
  readonly mid: string;
  readonly seq: number;
  readonly at: Date;
  /** False when the storage refused it: kept in this page's memory and sent from there. Keep the screen open. */
  readonly durable: boolean;
}

export type Outcome =
  | "applied"
  | "merged"
  | "conflict"
  | "attention"
  | "held"
  | "frozen"
  | "missing"
  | "quarantined"
  | "dup";

/** One record that is not simply received, in words. */
export interface UnsentItem {
  readonly mid: string;
  readonly state: "waiting" | "tried" | "help" | "memory" | Exclude<Outcome, "applied" | "merged" | "dup">;
  readonly type: string;
  readonly encounter: string | null;
  readonly record: string | null;
  /** Key of the form, or null. */
  readonly form: string | null;
  readonly at: Date;
  /** What it is: "Vitals", "Signature", "New response". */
  readonly title: string;
  /** Where it stands and what to do next. */
  readonly words: string;
  /** Sentences by field, gaps, or a code, as the server gave them. */
  readonly detail: Readonly<Record<string, Json>>;
  /** Fields and values of a patch: what a frozen one offers as an addendum. */
  readonly changes: Values;
}

export interface Hold {
  /** Whether this page may write the draft. */
  readonly mine: boolean;
  takeOver(): Promise<void>;
  /** Called when another page takes the draft over. */
  onLost(listen: () => void): void;
  release(): void;
}

/** A sealed attachment on its way. Everything but `preview` and `sealed` is opaque in clear. */
export interface BlobRow {
  blob: string;
  staff: string;
  encounter: string;
  mid?: string;
  /** Of the sealed bytes, hex. */
  sha256: string;
  sealed: Uint8Array;
  bytes: number;
  chunks: number;
  have: number[];
  state: "waiting" | "sending" | "sent" | "refused";
  detail: string;
  at: string;
  /** A small picture under the user's key. */
  preview: Uint8Array;
}

/** Words typed into forms that are no record yet, by name of the form; they outlive a lock and a killed app. */
export interface Begun {
  /** Null where nothing was kept. Throws where the disk does not answer or what it holds was altered. */
  read<T>(name: string): Promise<T | null>;
  /** Resolves once it is kept; where the disk takes nothing, it is kept as long as the page lives. */
  keep(name: string, words: unknown): Promise<void>;
  drop(name: string): Promise<void>;
  names(): Promise<string[]>;
}

export interface Unlocked {
  readonly staff: StaffInfo;
  readonly begun: Begun;
  /** Last pull and what was done here since. */
  today(): Promise<Today>;
  /** The response with this user's own changes laid over it; null when this tablet does not have it. */
  response(id: string): Promise<LocalResponse | null>;
  /** Resolves after the strict transaction. Throws only for what is wrong with the mutation itself. */
  commit(change: Mutation): Promise<Saved>;
  /** Every unsent, held, conflicting, quarantined or refused item. */
  unsent(): Promise<UnsentItem[]>;
  /** Takes a received item off the list of `unsent`: its author has dealt with it. */
  dismiss(mid: string): Promise<void>;
  /** Claims a draft for this page; a second page gets `mine` false. */
  hold(draft: string): Promise<Hold>;
  /** Bytes under this user's key, bound to `name`. */
  lockBytes(name: string, plain: Uint8Array): Promise<Uint8Array>;
  openBytes(name: string, kept: Uint8Array): Promise<Uint8Array>;
  serverKey(): { readonly kid: string; readonly pk: Uint8Array };
  blobs(): Promise<BlobRow[]>;
  /** Takes an attachment back whose record was never tried. Throws Refused otherwise. */
  dropBlob(blob: string): Promise<void>;
}
