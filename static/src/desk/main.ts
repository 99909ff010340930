/** Small behaviours of the desk: dialogs, questions, the folded navigation, and choosing many rows at once. */
import { wireDialogs, wireQuestions } from "../lib/dialog.ts";
import { toast } from "../lib/toast.ts";
import { wireFilledDialogs, wireSwappedLines } from "./fill.ts";
import { wireInstrumentPreview } from "./instruments.ts";
import { wireOnce, wireShown } from "./shown.ts";

wireDialogs();
wireQuestions();
wireFilledDialogs();
wireSwappedLines();
wireShown();
wireOnce();
wireInstrumentPreview();

document.addEventListener("click", (event) => {
  const toggle = event.target instanceof Element ? event.target.closest("[data-nav-toggle]") : null;
  if (toggle) {
    const open = toggle.closest(".desk-nav")?.toggleAttribute("data-open") ?? false;
    toggle.setAttribute("aria-expanded", String(open));
  }
});

document.addEventListener("change", (event) => {
  const all = event.target;
  if (all instanceof HTMLInputElement && all.matches("[data-chooses-all]")) {
    const boxes = all.closest("form")?.querySelectorAll<HTMLInputElement>("input[data-choice]") ?? [];
    for (const box of boxes) {
      box.checked = all.checked;
    }
  }
  const form = all instanceof Element ? all.closest("form") : null;
  const count = form?.querySelector("[data-chosen-count]");
  if (form && count) {
    count.textContent = String(form.querySelectorAll("input[data-choice]:checked").length);
  }
});

/* A slash finds a person from anywhere, unless somebody is writing. */
document.addEventListener("keydown", (event) => {
  const writing =
    event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
    const here = document.querySelector<HTMLInputElement>("[role=search] input[type=search]");
    const find = document.querySelector<HTMLAnchorElement>("[data-find-person]");
    if (here ?? find) event.preventDefault();
    if (here) here.select();
    else find?.click();
  }
});

/* A server answer to htmx may carry words for a toast: HX-Trigger {"toast": {"words": "Claimed"}}. */
document.addEventListener("toast", (event) => {
  const words = (event as CustomEvent<{ words?: string; value?: string }>).detail;
  toast(words.words ?? words.value ?? "");
});

for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, () => {
    toast("That did not go through. Check the connection and try again.");
  });
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
});
