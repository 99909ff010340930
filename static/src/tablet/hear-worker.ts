/** What the page tells its service worker, and does when that asks. */
import { background } from "./shell/background.ts";
import type { Tablet } from "./store/types.ts";
import { FORMS } from "./worker/keep.ts";

const LIST = "/field/bundle/";

/** Call once, before the first screen stands. `onForms`: the list of forms has changed. */
export function hearWorker(tablet: Tablet, onForms: () => void): void {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  workers.addEventListener("message", (event: MessageEvent<{ type?: string } | null>) => {
    switch (event.data?.type) {
      case "which-build":
        event.ports[0]?.postMessage(document.documentElement.dataset.build ?? "");
        break;
      case "sync":
        void tablet.sendNow();
        break;
      case "forms":
        onForms();
        background(tellPinned(tablet));
        break;
    }
  });
  workers.startMessages();
  tablet.on("status", () => background(wakeMe(tablet)));
}

/** Brings the forms on this tablet up to date: after enrolment, and when a pull names another bundle. */
export async function keepForms(): Promise<void> {
  (await active())?.postMessage({ type: "forms" });
}

/** The digest of the list of forms that is kept on this tablet; "" while none is. */
export async function keptForms(): Promise<string> {
  const list = await (await globalThis.caches?.open(FORMS))?.match(LIST, { ignoreVary: true });
  return list ? ((await list.json()) as { sha: string }).sha : "";
}

/** Says which forms unfinished work here was begun with, so that older ones beside them may go. */
export async function tellPinned(tablet: Tablet): Promise<void> {
  const worker = await active();
  worker?.postMessage({ type: "pinned", pinned: await tablet.pinned() });
}

let asked = false;

/** Where the browser can wake the worker when the network is back (Android), ask for it while something waits. */
async function wakeMe(tablet: Tablet): Promise<void> {
  if (tablet.status().pending === 0) {
    asked = false;
    return;
  }
  if (asked) return;
  asked = true;
  const registration = (await navigator.serviceWorker.getRegistration()) as
    | (ServiceWorkerRegistration & { readonly sync?: { register(tag: string): Promise<void> } })
    | undefined;
  await registration?.sync?.register("send").catch(() => {});
}

/** The worker once it works, which may be a while after the first visit; never where none can be started. */
async function active(): Promise<ServiceWorker | null> {
  if (!navigator.serviceWorker) return null;
  return (await navigator.serviceWorker.ready).active;
}
