/** The second person signs in beside the giver: once, to the server, and kept nowhere on the tablet. */
import { send } from "./api.ts";
import { dialog } from "./dialogs.ts";

/**
 * Sends the dialog's form when it is submitted; `signed` is told once the server has kept the signature. Gives back how to
 * stop listening.
 */
export function bindSecondPerson(
  settled: () => Promise<unknown>,
  signed: () => void,
  root: HTMLElement | Document = document,
): () => void {
  const aborter = new AbortController();
  const until = { signal: aborter.signal };
  root.addEventListener(
    "submit",
    async (event) => {
      const form = event.target as HTMLFormElement;
      if (form.dataset.secondPerson === undefined) return;
      event.preventDefault();
      const button = form.querySelector<HTMLButtonElement>("[type=submit]");
      if (button) button.disabled = true;
      // They sign for what stands on the screen, so it is saved first.
      await settled();
      const typed = Object.fromEntries(new FormData(form));
      const answer = await send(form.dataset.secondPerson, typed);
      if (button) button.disabled = false;
      forget(form, answer.kind === "ok");
      if (answer.kind === "ok") {
        say(form, "");
        form.closest("dialog")?.close();
        signed();
      } else if (answer.kind === "refused") {
        say(form, answer.sentence);
        const code = form.querySelector<HTMLElement>("[data-code]");
        if (answer.code === "code_needed" && code) code.hidden = false;
        form.querySelector<HTMLInputElement>("[name=witness_password]")?.focus();
      } else {
        say(
          form,
          answer.kind === "signed_out"
            ? "Sign in again first, then let the second person sign."
            : "The server did not answer. Try again, or write why nobody signed; it can be signed later.",
        );
      }
    },
    until,
  );
  root.addEventListener(
    "click",
    async (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const opener = target?.closest<HTMLElement>("[data-signs-for]");
      if (opener) prepare(opener);
      const own = target?.closest<HTMLButtonElement>("[data-signs-own]");
      if (!own) return;
      own.disabled = true;
      await settled();
      const answer = await send(own.dataset.signsOwn ?? "", { act: own.dataset.act ?? "dose" });
      own.disabled = false;
      if (answer.kind === "ok") signed();
      else if (answer.kind === "refused") own.insertAdjacentText("afterend", ` ${answer.sentence}`);
    },
    until,
  );
  root.addEventListener("close", (event) => forget(event.target, true), { capture: true, ...until });
  return () => aborter.abort();
}

/** The dialog for one dose or waste, with whoever is named already chosen. */
function prepare(opener: HTMLElement): void {
  const form = dialog("second-person")?.querySelector<HTMLFormElement>("form");
  if (!form) return;
  form.reset();
  say(form, "");
  form.dataset.secondPerson = opener.dataset.signsFor ?? "";
  set(form, "act", opener.dataset.act ?? "dose");
  set(form, "witness", opener.dataset.who ?? "");
  const words = form.querySelector<HTMLElement>("[data-words]");
  if (words) words.textContent = opener.dataset.words ?? "";
  const code = form.querySelector<HTMLElement>("[data-code]");
  if (code) code.hidden = true;
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const control = form.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`);
  if (control) control.value = value;
}

function forget(where: EventTarget | null, all: boolean): void {
  if (!(where instanceof HTMLElement)) return;
  for (const name of ["witness_password", "witness_code"]) {
    const input = where.querySelector<HTMLInputElement>(`[name=${name}]`);
    if (input) input.value = "";
  }
  if (all) dialog("second-person")?.querySelector("form")?.reset();
}

function say(form: HTMLElement, sentence: string): void {
  const problem = form.querySelector<HTMLElement>("[data-error]");
  if (!problem) return;
  problem.hidden = sentence === "";
  problem.textContent = sentence;
}
