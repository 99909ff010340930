/** When the tablet locks and when unsent work counts as old: by the agency's policy, once a pull has brought it. */
import type { Json } from "../store/index.ts";
import type { PageData } from "./page.ts";

interface Limits {
  /** How long nobody may touch the tablet before it locks. */
  idleSeconds: number;
  /** How long another app may be in front before the tablet locks. */
  hiddenSeconds: number;
  /** How old the oldest unsent record may grow before its count changes color. */
  amberHours: number;
  redHours: number;
}

export const limits: Limits = { idleSeconds: 0, hiddenSeconds: 0, amberHours: 0, redHours: 0 };

/** As the page says: what holds until somebody has unlocked the tablet. */
export function beginLimits({ idleSeconds, hiddenSeconds, amberHours, redHours }: PageData): void {
  Object.assign(limits, { idleSeconds, hiddenSeconds, amberHours, redHours });
}

/** Takes what the policies of a pull say; what they do not say stays. */
export function learnLimits(policies: { readonly [name: string]: Json }): void {
  const said = policies.tablet;
  if (said === null || typeof said !== "object" || Array.isArray(said)) return;
  const names = {
    idle_seconds: "idleSeconds",
    hidden_seconds: "hiddenSeconds",
    unsent_amber_hours: "amberHours",
    unsent_red_hours: "redHours",
  } as const;
  for (const [theirs, ours] of Object.entries(names)) {
    const value = (said as { [name: string]: Json })[theirs];
    if (typeof value === "number" && value > 0) limits[ours] = value;
  }
}
