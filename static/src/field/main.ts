/** The tablet's pages. */
import "./field.css";
import { bindRows, bindTakes } from "../lib/rows.ts";
import { bindSignatures } from "../lib/signature.ts";
import { setClock } from "./clock.ts";
import { bindDialogs } from "./dialogs.ts";
import { bindMoments, showMoments } from "./moment.ts";
import { awaitPlan, bindPlainForms } from "./plain.ts";
import { startTimers } from "./timers.ts";
import { startWorkspace } from "./workspace.ts";

bindMoments();
const workspace = document.querySelector<HTMLElement>("[data-workspace]");
if (workspace) startWorkspace(workspace);
else {
  setClock(document.querySelector<HTMLElement>("[data-server-now]")?.dataset.serverNow);
  bindDialogs();
  showMoments(document);
  bindRows(document);
  bindSignatures(document);
  startTimers();
}
bindPlainForms();
bindTakes();
awaitPlan();
