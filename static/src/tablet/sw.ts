/**
 * The tablet's service worker: opens the app without a network. It keeps the shell, its files and the forms, nothing of
 * a person, and touches no request to an API. A new one waits until the page says that nobody can lose a word by it.
 */
import {
  type Around,
  asset,
  bundle,
  dropBuilds,
  dropForms,
  form,
  type Known,
  keepBuild,
  keepForms,
  kept,
  SHELLS,
  wayOf,
} from "./worker/keep.ts";

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

declare const self: ServiceWorkerGlobalScope & { readonly MIH: Known };

const known = self.MIH;
const around: Around = { caches: self.caches, fetch: (request) => self.fetch(request) };
const PATIENCE = 8_000;
const ANSWERS_WITHIN = 3_000;
const NO_ANSWER = [502, 503, 504];
const LOOK_EVERY = 60_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    keepBuild(known, around)
      .catch(async (fault: unknown) => {
        await self.caches.delete(SHELLS + known.build);
        throw fault;
      })
      .then(forms),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  switch (wayOf(known, request, self.location.origin)) {
    case "home":
      return event.respondWith(home(request));
    case "page":
      return event.respondWith(page(request));
    case "asset":
      return event.respondWith(asset(known, request, around));
    case "form":
      return event.respondWith(form(request, around));
    case "bundle":
      event.waitUntil(lookForForms());
      return event.respondWith(bundle(known, request, around));
  }
});

self.addEventListener("message", (event) => {
  const said = event.data as { type?: string; pinned?: string[] } | null;
  switch (said?.type) {
    case "take-over":
      return event.waitUntil(self.skipWaiting());
    case "forms":
      return event.waitUntil(forms());
    case "pinned":
      return event.waitUntil(dropForms(known, said.pinned ?? [], self.caches).then(tidy));
  }
});

// Where the browser offers it, a returned network wakes the worker, and the worker an open page: keys are not needed
// to send, but the page knows what it has already tried.
self.addEventListener("sync" as "message", (event) => {
  const sync = event as unknown as SyncEvent;
  sync.waitUntil(tellPages({ type: "sync" }));
});

/** The app's document: kept, else from the server while no build is whole. */
async function home(request: Request): Promise<Response> {
  return (await kept(known, known.shell, self.caches)) ?? self.fetch(request);
}

/** Another page of the tablet: from the server, and the app's document where the server cannot be reached. */
async function page(request: Request): Promise<Response> {
  const shell = await kept(known, known.shell, self.caches);
  if (!shell) return self.fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(shell), PATIENCE));
  const answer = self.fetch(request).then(
    (found) => (NO_ANSWER.includes(found.status) ? shell : found),
    () => shell,
  );
  return Promise.race([answer, late]);
}

/** Without a network, or on a browser that is no tablet yet, the forms stay as they are; the page asks again later. */
async function forms(): Promise<void> {
  try {
    if (await keepForms(known, around)) await tellPages({ type: "forms" });
  } catch {
    // Said by the page where it matters: a form that is not here names itself.
  }
}

let looked = 0;

async function lookForForms(): Promise<void> {
  if (Date.now() - looked < LOOK_EVERY) return;
  looked = Date.now();
  await forms();
}

/** Lets go of older builds once no page shows them. A page that does not answer may still need its own. */
async function tidy(): Promise<void> {
  if (self.registration.installing || self.registration.waiting) return;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const builds = await Promise.all(open.map(buildOf));
  const named = builds.filter((build) => build !== null);
  if (named.length === builds.length) await dropBuilds(known, new Set(named), self.caches);
}

/** The build a page shows: "" for a page of the server; null when it does not say. */
function buildOf(client: Client): Promise<string | null> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const late = setTimeout(() => resolve(null), ANSWERS_WITHIN);
    port1.onmessage = ({ data }) => {
      clearTimeout(late);
      resolve(typeof data === "string" ? data : null);
    };
    client.postMessage({ type: "which-build" }, [port2]);
  });
}

async function tellPages(message: { type: string }): Promise<void> {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const client of open) client.postMessage(message);
}
