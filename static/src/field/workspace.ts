/** The workspace of one response: one saver for as long as the page lives, whichever form stands in its middle. */
import { bindAlarms, interrupt } from "./alarms.ts";
import { send } from "./api.ts";
import { now, setClock } from "./clock.ts";
import { bindConflicts, bindRemoval } from "./conflicts.ts";
import { bindDialogs } from "./dialogs.ts";
import { bindKeypad } from "./keypad.ts";
import { bindLive, showCurrent } from "./live.ts";
import { type Catalogue, LocalAlarms } from "./local-alarms.ts";
import { json } from "./page-data.ts";
import { Saver } from "./saver.ts";
import { bindSecondPerson } from "./second-person.ts";
import { serverActs } from "./server-acts.ts";
import { Sheet } from "./sheet.ts";
import { showState } from "./status.ts";
import { startTimers, tick } from "./timers.ts";
import { bindTimes } from "./times.ts";
import { type VitalsData, VitalsEntry } from "./vitals.ts";

/** While another form is on its way, an answer must not land in the one that is about to go. */
function wait(area: HTMLElement, waiting: boolean): void {
  area.toggleAttribute("inert", waiting);
  area.setAttribute("aria-busy", String(waiting));
}

/** A red alarm stands above the form at once; it interrupts when the hands pause, not between two questions. */
const QUIET = 1_500;

export function startWorkspace(root: HTMLElement): void {
  const zone = root.dataset.zone ?? "UTC";
  const api = root.dataset.api ?? "";
  let sheet: Sheet | null = null;
  let vitals: VitalsEntry | null = null;
  let quiet = 0;
  setClock(root.dataset.serverNow);

  const saver: Saver = new Saver({
    url: `${api}patches/`,
    send,
    now,
    later: (work, milliseconds) => window.setTimeout(work, milliseconds),
    onState: (state, { savedAt, sentence }) => showState(state, savedAt, zone, sentence),
    onField: (record, field, state, sentence) => {
      if (sheet?.record === record) sheet.mark(field, state, sentence);
    },
    onSaved: (record, received) => {
      if (sheet?.record === record) {
        sheet.saved(received);
        vitals?.update();
        if (received.clashes.length > 0) void again();
      }
      live.refresh();
    },
  });

  const live = bindLive(
    root,
    () => saver,
    () => {
      tick();
      local.show();
      interrupt();
    },
  );
  const local: LocalAlarms = new LocalAlarms(
    json<Catalogue>("[data-alarm-catalogue]") ?? {},
    saver,
    live.refresh,
  );

  const area = root.querySelector<HTMLElement>("[data-form-area]");

  function bindForm(): void {
    const form = area?.querySelector<HTMLFormElement>("form[data-record]");
    const record = form?.dataset.record ?? "";
    const raise = (due: Map<string, string>): void => {
      local.set(record, due);
      window.clearTimeout(quiet);
      quiet = window.setTimeout(interrupt, QUIET);
    };
    local.set("", new Map());
    sheet = form ? new Sheet(form, saver, zone, raise) : null;
    const data = json<VitalsData>("[data-vitals]", area);
    vitals = form && data ? new VitalsEntry(form, data, zone, raise) : null;
    if (vitals) bindKeypad(vitals, local, () => sheet?.stamp());
    const field = new URL(location.href).searchParams.get("field");
    if (field) sheet?.focusField(field);
    const dose = new URL(location.href).searchParams.get("give");
    if (dose) give(area?.querySelector<HTMLElement>(`[data-give="${CSS.escape(dose)}"]:not(:disabled)`));
  }

  function give(button: HTMLElement | null | undefined): void {
    if (button) sheet?.give(button.dataset.give ?? "", JSON.parse(button.dataset.films ?? "[]"));
  }

  area?.addEventListener("click", (event) => {
    if (event.target instanceof Element)
      give(event.target.closest<HTMLElement>("[data-give]:not(:disabled)"));
  });

  /** Of the form asked for last; what an earlier question brings is not shown any more. */
  let turn = 0;
  let onTheWay = false;

  /** Shows the form that stands open as the server has it now. One that is on its way comes so by itself. */
  async function again(): Promise<void> {
    if (!onTheWay) await load(location.href, false);
  }

  /** Puts another form in the middle. What is typed goes on being saved meanwhile. */
  async function load(address: string, push = true): Promise<void> {
    sheet?.commit();
    if (!area) return;
    const mine = ++turn;
    onTheWay = true;
    wait(area, true);
    let html: string;
    try {
      const answer = await fetch(address, { headers: { "X-MIH-Part": "1" }, credentials: "same-origin" });
      if (mine !== turn) return;
      if (!answer.ok || answer.redirected) return leaveFor(address);
      html = await answer.text();
    } catch {
      if (mine !== turn) return;
      wait(area, false);
      onTheWay = false;
      return leaveFor(address);
    }
    if (mine !== turn) return;
    area.innerHTML = html;
    wait(area, false);
    onTheWay = false;
    if (push) history.pushState({}, "", address);
    const title = area.querySelector<HTMLElement>("[data-title]")?.dataset.title;
    if (title) document.title = title;
    bindForm();
    live.show(area.querySelector<HTMLElement>("[data-current]")?.dataset.current ?? "");
    if (push && !new URL(address, location.href).searchParams.get("field")) {
      area.querySelector<HTMLElement>("h1, h2")?.focus({ preventScroll: true });
      window.scrollTo({ top: 0, behavior: "instant" });
    }
  }

  /** A whole new page; what is unsaved is saved first, or the browser asks. */
  async function leaveFor(address: string): Promise<void> {
    await saver.settled();
    location.assign(address);
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (!link || event.defaultPrevented || link.target || event.metaKey || event.ctrlKey) return;
    if (link.dataset.swap !== undefined) {
      event.preventDefault();
      document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
      void load(link.href);
    } else if (saver.hasUnsaved && link.origin === location.origin) {
      event.preventDefault();
      sheet?.commit();
      void leaveFor(link.href);
    }
  });
  window.addEventListener("popstate", () => void load(location.href, false));
  window.addEventListener("beforeunload", (event) => {
    sheet?.commit();
    if (saver.hasUnsaved) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      sheet?.commit();
      saver.flush();
    } else if (saver.state === "signed_out") void comeBack();
  });
  window.addEventListener("online", () => saver.retry());
  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-try-again]")) void comeBack();
  });
  // A page's own forms (sign, add a person) go only once what was typed is saved.
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.leaves === undefined || event.defaultPrevented || !saver.hasUnsaved) return;
    event.preventDefault();
    sheet?.commit();
    void saver.settled().then((all) => all && form.submit());
  });

  /** Goes on saving, if whoever is signed in now is the one whose typing this is. */
  async function comeBack(): Promise<void> {
    if (saver.state !== "signed_out") return saver.retry();
    const answer = await fetch(root.dataset.me ?? "", { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const who = (await answer.json()) as { staff: string; name: string };
    if (who.staff === root.dataset.staff) saver.retry();
    else {
      const text = document.querySelector("[data-save-sentence]");
      if (text)
        text.textContent = `${who.name} is signed in now. What stands here was typed by somebody else: sign in as them to save it.`;
    }
  }

  bindDialogs();
  bindSecondPerson(
    () => {
      sheet?.commit();
      return saver.settled();
    },
    () => void again(),
  );
  const acts = serverActs(saver, api);
  bindTimes(acts, zone, live.refresh);
  bindAlarms(acts, (key, action) => local.hold(key, action), live.refresh);
  bindConflicts(acts, () => {
    void again();
    live.refresh();
  });
  bindRemoval(saver, api);
  bindForm();
  startTimers();
  showCurrent();
  interrupt();
}
