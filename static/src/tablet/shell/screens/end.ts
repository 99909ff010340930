/** The end of a shift: the server signs that it holds everything, or the tablet says what it still keeps. */
import type { App, Screen } from "../../app.ts";
import { type EndReceipt, NeedsNetwork, NeedsSignIn, Refused, Unsent } from "../../store/index.ts";
import { background } from "../background.ts";
import { need, slot } from "../fill.ts";
import type { PageData } from "../page.ts";
import { whyWaiting } from "../sending.ts";
import { signInAddress } from "../session.ts";
import { endShift } from "./shift.ts";

const STEPS = ["working", "receipt", "unsent", "no_server"] as const;

export function endScreen(page: PageData): Screen {
  return async (outlet, _params, app) => {
    outlet.replaceChildren(app.part("end"));
    need<HTMLAnchorElement>(outlet, "[data-sign-in-link]").href = signInAddress(page, "#/end");
    need(outlet, "[data-again]").addEventListener("click", () => background(ask(outlet, app)));
    await shiftButton(outlet, app);
    background(ask(outlet, app));
    return () => {};
  };
}

async function ask(outlet: HTMLElement, app: App): Promise<void> {
  step(outlet, "working");
  await app.tablet.sendNow();
  try {
    await receipt(outlet, await app.tablet.endOfShift());
  } catch (fault) {
    if (outlet.isConnected) trouble(outlet, fault, app);
  }
}

async function receipt(outlet: HTMLElement, found: EndReceipt): Promise<void> {
  if (!outlet.isConnected) return;
  slot(outlet, "words").textContent = found.words;
  slot(outlet, "kid").textContent = `key ${found.kid}`;
  slot(outlet, "check").textContent = await digest(found.statement);
  step(outlet, "receipt");
}

function trouble(outlet: HTMLElement, fault: unknown, app: App): void {
  const status = app.tablet.status();
  if (fault instanceof Unsent) {
    slot(outlet, "left").textContent = fault.message;
    slot(outlet, "why_left").textContent = whyWaiting(status, new Date());
    step(outlet, "unsent");
    return;
  }
  const signIn = fault instanceof NeedsSignIn;
  need(outlet, "[data-sign-in-link]").hidden = !signIn;
  if (fault instanceof NeedsNetwork && status.pending > 0) {
    slot(outlet, "left").textContent = `${status.pending} not sent`;
    slot(outlet, "why_left").textContent = whyWaiting(status, new Date());
    step(outlet, "unsent");
    return;
  }
  if (fault instanceof Refused) {
    slot(outlet, "trouble").textContent = "The receipt was not given";
    slot(outlet, "trouble_words").textContent = fault.message;
    step(outlet, "no_server");
    return;
  }
  slot(outlet, "trouble").textContent = signIn
    ? "Sign in, so that the receipt carries your name"
    : "The server cannot be reached now";
  slot(outlet, "trouble_words").textContent =
    status.pending > 0
      ? `${status.pending} not sent: it stays sealed on this tablet and goes by itself.`
      : signIn
        ? "Everything of this tablet is received. Only the signed receipt needs your sign-in."
        : "Everything of this tablet was received. The signed receipt can be had as soon as there is a network; you do not have to wait for it.";
  step(outlet, "no_server");
}

async function shiftButton(outlet: HTMLElement, app: App): Promise<void> {
  const shift = (await app.user.today()).shift;
  const button = need<HTMLButtonElement>(outlet, "[data-end-shift]");
  button.hidden = shift === null;
  if (!shift) return;
  slot(outlet, "unit").textContent = shift.unit;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const trouble = await endShift(shift.id);
    button.disabled = false;
    if (trouble) {
      app.announce(trouble);
      return;
    }
    button.hidden = true;
    app.announce("Your shift has ended.");
    await app.tablet.pull();
  });
}

function step(outlet: HTMLElement, name: (typeof STEPS)[number]): void {
  for (const each of STEPS) need(outlet, `[data-step=${each}]`).hidden = each !== name;
}

/** Enough of the statement's digest to read out over the phone. */
async function digest(statement: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(statement)));
  const hex = [...bytes.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(....)(?=.)/g, "$1 ");
}
