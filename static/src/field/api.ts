/** Talks to the server's API as the signed-in member of staff, and says plainly what came of it. */
import type { Answer, Refusals } from "./saving.ts";

interface Problem {
  readonly errors?: readonly {
    readonly code: string;
    readonly detail: string;
    readonly attr: string | null;
  }[];
}

const PATIENCE = 20_000;
const OUTLIVES_THE_PAGE = 50_000;

/** Sends `body`. A small one is delivered even when the page is left meanwhile. */
export async function send(url: string, body: unknown, method = "POST"): Promise<Answer> {
  let response: Response;
  const text = method === "DELETE" ? undefined : JSON.stringify(body);
  try {
    response = await fetch(url, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("mih_csrf") },
      credentials: "same-origin",
      keepalive: (text?.length ?? 0) < OUTLIVES_THE_PAGE,
      signal: AbortSignal.timeout(PATIENCE),
      ...(text === undefined ? {} : { body: text }),
    });
  } catch {
    return { kind: "unsure" };
  }
  return read(response);
}

async function read(response: Response): Promise<Answer> {
  if (response.status === 204) return { kind: "ok", body: null };
  const wait = Number(response.headers.get("Retry-After")) * 1000;
  if (response.status === 429) return wait > 0 ? { kind: "unsure", wait } : { kind: "unsure" };
  if (response.status >= 500) return { kind: "unsure" };
  if (response.redirected) return { kind: "signed_out" };
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    return { kind: "unsure" };
  }
  if (response.ok) return { kind: "ok", body };
  const errors = (body as Problem).errors ?? [];
  const first = errors[0];
  if (response.status === 401 || first?.code === "not_authenticated" || csrfFailed(first)) {
    return { kind: "signed_out" };
  }
  const fields: Record<string, string> = {};
  for (const { attr, detail } of errors) if (attr) fields[nameOf(attr)] ??= detail;
  const sentence = first?.detail ?? "This could not be saved. Reload the page and try again.";
  return { kind: "refused", code: first?.code ?? "error", sentence, fields: fields as Refusals };
}

/** The field an error speaks of: "changes.hr.value" is about hr. */
function nameOf(attr: string): string {
  const parts = attr.split(".");
  return parts[0] === "changes" && parts[1] ? parts[1] : (parts[0] ?? attr);
}

/** After a sign-in elsewhere the token in the page is stale until the cookie is read again. */
function csrfFailed(error: { readonly detail: string } | undefined): boolean {
  return error?.detail.startsWith("CSRF") ?? false;
}

export function cookie(name: string): string {
  for (const pair of document.cookie.split("; ")) {
    const [key, value] = pair.split("=");
    if (key === name) return decodeURIComponent(value ?? "");
  }
  return "";
}
