/** How much room there is, and whether the browser keeps its hands off it. */
import type { StorageState } from "./types.ts";

const BUDGET = 250 * 1024 * 1024;
const WARN = 0.7;

/** `memory`: something is kept in memory alone. */
export async function roomOf(memory: boolean): Promise<StorageState> {
  const storage = globalThis.navigator?.storage;
  const estimate = await storage?.estimate?.().catch(() => null);
  const persisted = (await storage?.persisted?.().catch(() => null)) ?? null;
  const usage = estimate?.usage ?? null;
  const quota = estimate?.quota ?? null;
  const share = usage === null ? 0 : usage / Math.min(BUDGET, quota || BUDGET);
  const level = memory ? "memory" : share >= 1 ? "full" : share >= WARN ? "warn" : "ok";
  return { persisted, usage, quota, level };
}

/** Null where the browser cannot be asked. */
export async function persist(): Promise<boolean | null> {
  const storage = globalThis.navigator?.storage;
  if (!storage?.persist) return null;
  return storage.persist().catch(() => null);
}
