/** The words between the saver, the server and the page. */
import type { Json, Values } from "./values.ts";

export interface Change {
  base: Json;
  value: Json;
}

export interface Patch {
  readonly id: string;
  readonly form: string;
  readonly record: string;
  readonly base_version: number;
  readonly changes: Record<string, Change>;
  readonly happened_at: string | null;
}

/** The server's answer to a change set. */
export interface Received {
  readonly version: number;
  readonly values: Values;
  readonly clashes: readonly string[];
  readonly received_at: string;
}

/** What came of sending: an answer, a refusal for good, a sign-in that ran out, or nothing that can be relied on. */
export type Answer =
  | { readonly kind: "ok"; readonly body: unknown }
  | { readonly kind: "refused"; readonly code: string; readonly sentence: string; readonly fields: Refusals }
  | { readonly kind: "signed_out" }
  | { readonly kind: "unsure"; readonly wait?: number };

export type Refusals = Readonly<Record<string, string>>;
export type Send = (url: string, body: unknown) => Promise<Answer>;

export type State = "idle" | "saving" | "saved" | "waiting" | "signed_out" | "attention";

/** What a field is doing: "" at rest, "pending" until the server answers, "refused" with its sentence. */
export type FieldState = "" | "pending" | "refused";

export interface Opened {
  readonly form: string;
  readonly record: string;
  readonly version: number;
  readonly values: Values;
  /** Whether a new entry carries the moment of its first answer; not where the form asks for the time itself. */
  readonly stamped: boolean;
}

export interface Options {
  readonly url: string;
  readonly send: Send;
  readonly now: () => Date;
  readonly later: (work: () => void, milliseconds: number) => unknown;
  readonly onState: (
    state: State,
    detail: { readonly savedAt: Date | null; readonly sentence: string },
  ) => void;
  readonly onField: (record: string, field: string, state: FieldState, sentence: string) => void;
  readonly onSaved: (record: string, received: Received) => void;
}
