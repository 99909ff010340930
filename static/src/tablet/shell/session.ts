/** Who is signed in to the server in this browser, apart from who unlocked the tablet. */
import type { PageData } from "./page.ts";

const PATIENCE = 10_000;

export type Session =
  | { readonly kind: "signed_in"; readonly staff: string; readonly name: string }
  | { readonly kind: "signed_out" }
  | { readonly kind: "no_network" };

export async function askSession(page: PageData): Promise<Session> {
  try {
    const response = await fetch(page.me, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.redirected) return { kind: "signed_out" };
    if (response.status === 401 || response.status === 403) return { kind: "signed_out" };
    if (!response.ok) return { kind: "no_network" };
    const found = (await response.json()) as { staff?: string; name?: string };
    if (!found.staff) return { kind: "no_network" };
    return { kind: "signed_in", staff: found.staff, name: found.name ?? "" };
  } catch {
    return { kind: "no_network" };
  }
}

/** The sign-in page, and back to where `hash` says. */
export function signInAddress(page: PageData, hash: string): string {
  return `${page.signIn}?next=${encodeURIComponent(`${hash.startsWith("#/setup") ? page.setup : "/field/"}${hash}`)}`;
}
