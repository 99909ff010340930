/**
 * The service worker's life as the page sees it. A new version waits until nobody can lose a word by it: while the
 * tablet is locked, at an unlock, at a cold start; never with something being saved or sent.
 */
import { scriptAddress } from "../../lib/markup.ts";
import type { Tablet } from "../store/types.ts";
import { background } from "./background.ts";

const ADDRESS = "/field/sw.js";
const SCOPE = "/field/";
const ASK_EVERY = 6 * 3_600_000;

export interface Worker {
  /** Looks whether the server has a newer version. */
  ask(): Promise<void>;
  /** Lets a waiting version take over, when nothing is under way. The page loads anew. */
  letTakeOver(): boolean;
}

/** `calm`: whether no screen stands that could hold words not yet kept. */
export async function startWorker(
  tablet: Tablet,
  calm: () => boolean,
  onReady: (ready: boolean) => void,
): Promise<Worker> {
  const none: Worker = { ask: async () => {}, letTakeOver: () => false };
  if (!("serviceWorker" in navigator)) return none;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(scriptAddress(ADDRESS), {
      scope: SCOPE,
      updateViaCache: "none",
    });
  } catch {
    return none; // private browsing, or no connection at the first visit: the page works on, online
  }
  let asked = false;
  /** A newer worker has taken over while somebody was at work: the page follows at the next lock. */
  let behind = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    behind = asked;
    letTakeOver();
  });
  const look = (): void => {
    onReady(registration.waiting !== null && navigator.serviceWorker.controller !== null);
    letTakeOver();
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  tablet.on("update", () => background(ask()));
  tablet.on("status", letTakeOver);
  window.setInterval(() => background(ask()), ASK_EVERY);

  async function ask(): Promise<void> {
    try {
      await registration.update();
    } catch {
      // No network: there is nothing to update from.
    }
    look();
  }

  function letTakeOver(): boolean {
    const state = tablet.status().state;
    if (!calm() || state === "saving" || state === "sending" || state === "memory") return false;
    if (behind) {
      location.reload();
      return true;
    }
    const waiting = registration.waiting;
    if (!waiting || asked || navigator.serviceWorker.controller === null) return false;
    asked = true;
    waiting.postMessage({ type: "take-over" });
    return true;
  }

  look();
  return { ask, letTakeOver };
}
