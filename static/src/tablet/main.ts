/** The tablet's app: works with and without a network. */
import "./tablet.css";
import "./install.ts";
import { setClock } from "../field/clock.ts";
import { bindDialogs } from "../field/dialogs.ts";
import { startTimers } from "../field/timers.ts";
import { bindTakes } from "../lib/rows.ts";
import { sendBlobs } from "./attachments/upload.ts";
import { hearWorker, keepForms } from "./hear-worker.ts";
import { Banners } from "./shell/banners.ts";
import { beginLimits, learnLimits, limits } from "./shell/limits.ts";
import { readPage } from "./shell/page.ts";
import { registerShell } from "./shell/screens.ts";
import { Shell } from "./shell/shell.ts";
import { StatusPlace } from "./shell/status.ts";
import { watch } from "./shell/watch.ts";
import { startWorker } from "./shell/worker.ts";
import { openTablet } from "./store/index.ts";
import { registerWorkspace } from "./workspace/screens.ts";

async function start(): Promise<void> {
  const page = readPage();
  beginLimits(page);
  const tablet = await openTablet({
    app: document.documentElement.dataset.build ?? "",
    attachments: (context, rows) =>
      sendBlobs({
        rows,
        put: (row) => context.db.write(["blobs"], (kept) => kept.put("blobs", row)),
        fetch: context.fetch,
        later: context.later,
      }),
  });
  const status = new StatusPlace(page.frame, tablet, tablet.device()?.zone ?? page.zone);
  const banners = new Banners(page.frame, tablet);
  const shell = new Shell({ page, tablet, status, banners });
  registerShell(page, { opened: () => shell.opened(), last: () => shell.last });
  registerWorkspace();
  watch({
    limits,
    open: () => tablet.unlocked !== null,
    cover: (covered) => shell.cover(covered),
    lock: () => shell.lock(),
    flush: () => shell.flush(),
  });
  setClock(undefined);
  bindDialogs();
  bindTakes();
  startTimers();
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-lock-now]")) void shell.lock();
    if (target?.closest("dialog[data-dialog=menu] a")) target.closest("dialog")?.close();
  });
  hearWorker(tablet);
  keepInStep(tablet);
  if (location.pathname === page.setup && location.hash === "") history.replaceState(null, "", "#/setup");
  await shell.show();
  await banners.room();
  shell.worker = await startWorker(
    tablet,
    () => shell.calm,
    (ready) => banners.updateReady(ready),
  );
}

/** What a pull brings for the app itself: its limits; another list of forms, which the worker then fetches. */
function keepInStep(tablet: Awaited<ReturnType<typeof openTablet>>): void {
  let last: string | null = null;
  tablet.on("records", async () => {
    const today = await tablet.unlocked?.today();
    if (!today) return;
    learnLimits(today.policies);
    if (today.bundle && today.bundle !== last) void keepForms();
    last = today.bundle ?? last;
  });
}

void start();
