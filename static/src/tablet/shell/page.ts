/** What the shell's page says of this agency: no person in it. */
import { need } from "./fill.ts";

export interface PageData {
  readonly frame: HTMLElement;
  readonly outlet: HTMLElement;
  readonly cover: HTMLElement;
  readonly zone: string;
  readonly agency: string;
  /** How long nobody may touch the tablet before it locks. */
  readonly idleSeconds: number;
  /** How long another app may be in front before the tablet locks. */
  readonly hiddenSeconds: number;
  readonly signIn: string;
  readonly signOut: string;
  readonly setup: string;
  readonly me: string;
}

export function readPage(): PageData {
  const frame = need(document, "[data-tablet]");
  const words = (name: string): string => frame.dataset[name] ?? "";
  return {
    frame,
    outlet: need(frame, "[data-outlet]"),
    cover: need(document, "[data-cover]"),
    zone: words("zone"),
    agency: words("agency"),
    idleSeconds: Number(words("idleSeconds")),
    hiddenSeconds: Number(words("hiddenSeconds")),
    signIn: words("signIn"),
    signOut: words("signOut"),
    setup: words("setup"),
    me: words("me"),
  };
}
