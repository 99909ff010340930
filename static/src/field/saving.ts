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

/** Where typing is kept until the record has it: the server's saver on a page, the tablet's keeper in the shell. */
export interface Keeping {
  /** Milliseconds without a key after which what was typed counts as said. */
  readonly pause: number;
  /** Takes up a record at the version and values the page shows. Unsaved typing in it is kept. */
  open(opened: Opened): void;
  /** What was typed into a record and is not saved yet, refused values too. */
  unsaved(record: string): Values;
  /** The sentences for the values that were refused, by field. */
  refusals(record: string): Refusals;
  edit(record: string, field: string, value: Json): void;
  /** Keeps at once what there is. */
  flush(): void;
  /** Resolves once everything is kept or needs a person; true when all is kept. */
  settled(): Promise<boolean>;
}

/** One alarm, whoever raised it. `url` is empty for one that the server does not know yet. */
export interface AlarmNamed {
  readonly code: string;
  readonly entry: string;
  readonly url: string;
}

/** What is done beside filling in fields. Each resolves with what came of it. */
export interface Acts {
  time(field: string, value: string | null, reason: string): Promise<Answer>;
  acknowledge(alarm: AlarmNamed, action: string): Promise<Answer>;
  settle(conflict: string, keep: string): Promise<Answer>;
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
