/** What the shell's page says of this agency: no person in it. */
import { need } from "./fill.ts";

export interface PageData {
  readonly frame: HTMLElement;
  readonly outlet: HTMLElement;
  readonly cover: HTMLElement;
  readonly zone: string;
  readonly agency: string;
  readonly idleSeconds: number;
  readonly hiddenSeconds: number;
  readonly amberHours: number;
  readonly redHours: number;
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
    amberHours: Number(words("amberHours")),
    redHours: Number(words("redHours")),
    signIn: words("signIn"),
    signOut: words("signOut"),
    setup: words("setup"),
    me: words("me"),
  };
}
