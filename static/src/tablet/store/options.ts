/** What a tablet is opened with, and what stands in where nothing is given. */
import type { Context } from "./context.ts";
import type { Attached } from "./push.ts";
import type { BlobRow } from "./types.ts";

export interface Options {
  /** Name of the database. */
  readonly name?: string;
  /** Build of the shell, and digest of the list of forms kept here ("" for none), as reports tell them. */
  readonly app?: string;
  readonly bundle?: () => Promise<string>;
  /** Locks the page, with what is typed in it kept first; without it the store is locked alone. */
  readonly lock?: () => Promise<void>;
  readonly fetch?: Context["fetch"];
  readonly now?: () => Date;
  readonly later?: Context["later"];
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
  /** Sends what is attached, once no record waits. */
  readonly attachments?: (context: Context, rows: BlobRow[]) => Promise<Attached>;
}

export const later: Context["later"] = (work, milliseconds) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

/** Tells the page; only tests listen. No value of a record in it. */
export function announce(name: string, detail: object): void {
  globalThis.document?.dispatchEvent(new CustomEvent(name, { detail }));
}
