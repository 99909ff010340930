/**
 * What the service worker keeps and how it answers: the shell of one build, and the forms. Nothing here ever holds
 * personal data: only addresses that are the same for everybody are kept.
 */

/** What the server writes in front of the worker's code. */
export interface Known {
  /** Changes with every byte of the document, a file or the worker. */
  readonly build: string;
  readonly shell: string;
  readonly home: string;
  readonly bundle: string;
  /** Address and digest (`sha256-…`; empty: told by the server, not a file). */
  readonly assets: readonly (readonly [string, string])[];
}

export interface Around {
  readonly caches: CacheStorage;
  readonly fetch: (request: Request) => Promise<Response>;
}

export const SHELLS = "mih-shell-";
export const FORMS = "mih-forms";
const BUILD_HEADER = "X-MIH-Build";
const FORM = /^\/field\/forms\/[0-9a-f]{64}\/$/;
const AT_ONCE = 4;

/** The whole of an answer of our own server; anything else (a redirect, a sign-in page, half an answer) throws. */
export function whole(answer: Response, type: string): Response {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (
    answer.status !== 200 ||
    answer.redirected ||
    answer.type === "opaqueredirect" ||
    !kind.startsWith(type)
  )
    throw new Error(`Not kept: ${answer.status} ${kind}`);
  return answer;
}

/** Keeps all of a build or throws, so that half a build never opens. */
export async function keepBuild(known: Known, { caches, fetch }: Around): Promise<void> {
  const cache = await caches.open(SHELLS + known.build);
  const asked = new Request(known.shell, { cache: "no-store", credentials: "omit", redirect: "error" });
  const page = whole(await fetch(asked), "text/html");
  // A sign-in page of the network or another release of ours is not the document of this build.
  if (page.headers.get(BUILD_HEADER) !== known.build) throw new Error("The server is between two releases");
  await Promise.all(
    known.assets.map(async ([address, integrity]) =>
      cache.put(address, await file(address, integrity, fetch)),
    ),
  );
  await cache.put(known.shell, page); // last: a build with its document is whole
}

async function file(address: string, integrity: string, fetch: Around["fetch"]): Promise<Response> {
  const same: RequestInit = { credentials: "omit", redirect: "error", integrity };
  if (integrity) {
    try {
      return whole(await fetch(new Request(address, same)), ""); // what the browser still has costs no signal
    } catch {
      // An older file under the same address, or none: ask the server.
    }
  }
  return whole(await fetch(new Request(address, { ...same, cache: "reload" })), "");
}

/** What is kept under an address: of this build, else of an older one that a page still shows. */
export async function kept(
  known: Known,
  address: string,
  caches: CacheStorage,
): Promise<Response | undefined> {
  const own = await (await caches.open(SHELLS + known.build)).match(address, { ignoreVary: true });
  if (own) return own;
  for (const name of await caches.keys()) {
    if (!name.startsWith(SHELLS)) continue;
    const found = await (await caches.open(name)).match(address, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

/** A built file: kept, else from the server, and kept from then on. */
export async function asset(known: Known, request: Request, around: Around): Promise<Response> {
  const found = await kept(known, request.url, around.caches);
  if (found) return found;
  const answer = await around.fetch(request);
  if (answer.status === 200 && !answer.redirected && answer.type === "basic") {
    await (await around.caches.open(SHELLS + known.build)).put(request.url, answer.clone());
  }
  return answer;
}

function ofJson(answer: Response): boolean {
  return (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
}

/** One version of a form: it never changes, so what is kept stands. */
export async function form(request: Request, around: Around): Promise<Response> {
  const cache = await around.caches.open(FORMS);
  const found = await cache.match(request.url, { ignoreVary: true });
  if (found) return found;
  const answer = await around.fetch(request);
  if (answer.status === 200 && !answer.redirected && ofJson(answer))
    await cache.put(request.url, answer.clone());
  return answer;
}

/** The list of forms as kept; from the server while none is kept. */
export async function bundle(known: Known, request: Request, around: Around): Promise<Response> {
  const found = await (await around.caches.open(FORMS)).match(known.bundle, { ignoreVary: true });
  return found ?? around.fetch(request);
}

interface List {
  readonly sha: string;
  readonly forms: Readonly<Record<string, { readonly sha: string }>>;
}

/**
 * Brings the forms up to date: every form of the new list first, the list last, so that each form of the list that is
 * kept is kept too. Resolves to true when the list has changed. Throws without a network or for a browser that is
 * neither a tablet nor signed in; what is kept stays as it was.
 */
export async function keepForms(known: Known, { caches, fetch }: Around): Promise<boolean> {
  const cache = await caches.open(FORMS);
  const ask: RequestInit = {
    credentials: "same-origin",
    redirect: "error",
    headers: { Accept: "application/json" },
  };
  const answer = whole(
    await fetch(new Request(known.bundle, { ...ask, cache: "no-cache" })),
    "application/json",
  );
  const copy = answer.clone();
  const list = (await answer.json()) as List;
  const before = await cache.match(known.bundle, { ignoreVary: true });
  if (before && ((await before.json()) as List).sha === list.sha) return false;
  const wanted = Object.values(list.forms).map(({ sha }) => `/field/forms/${sha}/`);
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    await Promise.all(
      wanted.slice(at, at + AT_ONCE).map(async (address) => {
        if (await cache.match(address, { ignoreVary: true })) return;
        await cache.put(address, whole(await fetch(new Request(address, ask)), "application/json"));
      }),
    );
  }
  await cache.put(known.bundle, copy);
  return true;
}

/** Lets go of forms that are neither on the list nor begun by somebody here: `pinned` as `<key>@<first 8 of sha>`. */
export async function dropForms(
  known: Known,
  pinned: readonly string[],
  caches: CacheStorage,
): Promise<void> {
  const cache = await caches.open(FORMS);
  const list = await cache.match(known.bundle, { ignoreVary: true });
  if (!list) return;
  const current = new Set(Object.values(((await list.json()) as List).forms).map(({ sha }) => sha));
  const begun = pinned.map((name) => name.slice(name.lastIndexOf("@") + 1));
  for (const { url } of await cache.keys()) {
    const path = new URL(url).pathname;
    if (!FORM.test(path)) continue;
    const sha = path.split("/")[3] ?? "";
    if (!current.has(sha) && !begun.some((start) => start.length >= 8 && sha.startsWith(start)))
      await cache.delete(url);
  }
}

/** Lets go of shells that no open page shows. `inUse`: the builds of the open pages. */
export async function dropBuilds(
  known: Known,
  inUse: ReadonlySet<string>,
  caches: CacheStorage,
): Promise<void> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(SHELLS) || name === SHELLS + known.build) continue;
    if (!inUse.has(name.slice(SHELLS.length))) await caches.delete(name);
  }
}

/** How a request is answered: "none" leaves it to the browser. */
export type Way = "none" | "home" | "page" | "asset" | "form" | "bundle";

export function wayOf(
  known: Known,
  request: { method: string; mode: string; url: string },
  origin: string,
): Way {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return "none";
  const path = url.pathname;
  if (path.startsWith("/field/api/") || path.startsWith("/api/")) return "none";
  if (request.mode === "navigate") {
    if (path === known.home || path === known.shell) return "home";
    return path.startsWith("/field/") ? "page" : "none";
  }
  if (path === known.bundle) return "bundle";
  if (FORM.test(path)) return "form";
  const listed = known.assets.some(([address]) => address === path + url.search);
  return listed || path.startsWith("/static/") ? "asset" : "none";
}
