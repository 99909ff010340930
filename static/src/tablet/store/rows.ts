/** Rows of the tablet's database. Every Uint8Array is ciphertext; the rest is opaque. */
import type { Slot } from "./keys.ts";
import type { ServerKey } from "./seal.ts";
import type { DeviceInfo, Outcome } from "./types.ts";

export interface DeviceRow {
  name: "device";
  id: string;
  label: string;
  zone: string;
  agency: string;
  epoch: string;
  enrolledAt: string;
  /** The first one is sealed for. */
  keys: ServerKey[];
  offset: number | null;
  lastSeen: string | null;
  durableThrough: string | null;
  /** Set while the server may miss what it once received: `have` has to be asked. */
  reoffer: boolean;
}

export const NO_DEVICE: DeviceRow = {
  ...{ name: "device", id: "", label: "", zone: "", agency: "", epoch: "", enrolledAt: "", keys: [] },
  ...{ offset: null, lastSeen: null, durableThrough: null, reoffer: false },
};

/** As the screens see it. */
export function deviceInfo({ id, label: name, zone, agency, epoch, enrolledAt }: DeviceRow): DeviceInfo {
  return { id, name, zone, agency, epoch, enrolledAt: new Date(enrolledAt) };
}

export interface UserRow {
  staff: string;
  name: string;
  initials: string;
  /** Null once too many PINs were wrong, or the tablet was told to forget its keys. */
  slot: Slot | null;
  /** Private keys and the person's particulars under the DEK. */
  sign: Uint8Array;
  inbox: Uint8Array;
  profile: Uint8Array;
  /** What is told about their records while they are not here is sealed to this point. */
  inboxOpen: Uint8Array;
  /** Of the last envelope. */
  seq: number;
  tries: number;
  waitFrom: string | null;
  waitSeconds: number;
  /** Salt of the day's case key; dropped at the end of a shift. */
  day: Uint8Array | null;
  /** They took themselves off this tablet: no tile once everything of theirs is received. */
  left: boolean;
  usedAt: string;
}

/** Last envelope of a stream. */
export interface StreamRow {
  staff: string;
  encounter: string;
  mid: string;
}

interface EnvelopeRow {
  mid: string;
  staff: string;
  seq: number;
  encounter: string | null;
  record: string | null;
  type: string;
  form: string | null;
  header: Uint8Array;
  body: Uint8Array;
  sig: Uint8Array;
  /** Device clock, ISO. */
  at: string;
}

export interface OutboxRow extends EnvelopeRow {
  prev: string | null;
  /** Committed before the first fetch; the bytes are frozen from then on. */
  tried: boolean;
  /** The server would not take it by itself: tried again after this. */
  helpUntil: string | null;
}

export interface SentRow extends EnvelopeRow {
  prev: string | null;
  outcome: Outcome;
  /** Server clock, ISO. */
  receivedAt: string;
}

/** The author's readable copy of one envelope. */
export interface DraftRow {
  mid: string;
  staff: string;
  /** "" when the envelope names no response. */
  encounter: string;
  record: string | null;
  seq: number;
  type: string;
  form: string | null;
  at: string;
  /** The payload under the DEK; null for an outcome that a pull told of and this tablet has no payload for. */
  kept: Uint8Array | null;
  /** Null until a receipt names it. */
  outcome: Outcome | null;
  opened: boolean;
  /** Version of the record that holds it. */
  version: number | null;
  code: string;
  /** What the server said, sealed to the author's inbox. */
  detail: Uint8Array | null;
  /** Device clock, ISO. */
  receivedAt: string | null;
  /** How often it was sealed anew because the server could not open it. */
  resealed: number;
  /** A patch or the author has dealt with it. */
  settled: boolean;
}

/** Words in a form that is no record yet. */
export interface BegunRow {
  staff: string;
  /** The form, and the response it belongs to: "new", "person/<encounter>", "addendum/<encounter>". */
  name: string;
  /** Under the DEK. */
  kept: Uint8Array;
  at: string;
}

export interface CaseRow {
  staff: string;
  /** "lists", or a response. */
  id: string;
  kept: Uint8Array;
  at: string;
}
