/** The tablet's app: works with and without a network. */
import "./tablet.css";
import "./install.ts";
import { setClock } from "../field/clock.ts";
import { bindDialogs } from "../field/dialogs.ts";
import { startTimers } from "../field/timers.ts";
import { hearWorker, keepForms, keptForms } from "./hear-worker.ts";
import { background } from "./shell/background.ts";
import { Banners } from "./shell/banners.ts";
import { beginLimits, learnLimits, limits } from "./shell/limits.ts";
import { readPage } from "./shell/page.ts";
import { registerShell } from "./shell/screens.ts";
import { Shell } from "./shell/shell.ts";
import { StatusPlace } from "./shell/status.ts";
import { Warning } from "./shell/warning.ts";
import { watch } from "./shell/watch.ts";
import { startWorker } from "./shell/worker.ts";
import { openTablet, type Tablet } from "./store/index.ts";
import { warmKeys } from "./store/keys.ts";
import { registerWorkspace, warmWorkspace } from "./workspace/screens.ts";

async function start(): Promise<void> {
  const page = readPage();
  beginLimits(page);
  let shell: Shell | null = null;
  const tablet = await openTablet({
    app: document.documentElement.dataset.build ?? "",
    bundle: keptForms,
    lock: async () => shell?.lock(),
    attachments: async (context, rows) =>
      (await import("./attachments/upload.ts")).sendBlobs({
        rows,
        put: (row) => context.db.write(["blobs"], (kept) => kept.put("blobs", row)),
        fetch: context.fetch,
        later: context.later,
      }),
  });
  const status = new StatusPlace(page.frame, tablet, tablet.device()?.zone ?? page.zone);
  const banners = new Banners(page.frame, tablet);
  const made = new Shell({ page, tablet, status, banners });
  shell = made;
  registerShell(page, { opened: () => made.opened(), last: () => made.last });
  registerWorkspace();
  const warning = new Warning();
  watch({
    limits,
    open: () => tablet.unlocked !== null,
    cover: (covered) => made.cover(covered),
    lock: () => made.lock(),
    warn: (seconds) => warning.show(seconds),
    flush: () => made.flush(),
  });
  setClock(undefined);
  bindDialogs();
  startTimers();
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-lock-now]")) background(made.lock());
    if (target?.closest("dialog[data-dialog=menu] a")) target.closest("dialog")?.close();
  });
  hearWorker(tablet, () => made.forgetForms());
  keepInStep(tablet, () => made.forgetForms());
  if (location.pathname === page.setup && location.hash === "") history.replaceState(null, "", "#/setup");
  await made.show();
  whenIdle(() => background(warm(made)));
  made.worker = await startWorker(
    tablet,
    () => made.calm,
    (ready) => banners.updateReady(ready),
  );
}

/** While a PIN is entered, what comes next is fetched: code and forms, nothing of a person. */
async function warm(shell: Shell): Promise<void> {
  await warmKeys();
  await warmWorkspace();
  if (navigator.serviceWorker?.controller) await shell.warmForms();
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200);
}

/** What a pull brings for the app itself: its limits; another list of forms, which the worker then fetches. */
function keepInStep(tablet: Tablet, forgetForms: () => void): void {
  let last: string | null = null;
  tablet.on("lists", () => background(learn()));
  async function learn(): Promise<void> {
    const today = await tablet.unlocked?.today();
    if (!today) return;
    learnLimits(today.policies);
    if (today.bundle && today.bundle !== last) {
      forgetForms();
      background(keepForms());
    }
    last = today.bundle ?? last;
  }
}

background(start());
