/** Dialogs by the platform's own `<dialog>`: focus is trapped and given back by the browser. */

export interface Question {
  title: string;
  sentence: string;
  yes: string;
  no?: string;
  danger?: boolean;
}

function button(words: string, classes: string, value: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.className = `btn btn-lg ${classes}`;
  made.value = value;
  made.textContent = words;
  return made;
}

/** Asks before something that is hard to take back. Escape means no. */
export function ask(question: Question): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const form = document.createElement("form");
  form.method = "dialog";
  const title = document.createElement("h2");
  title.textContent = question.title;
  title.id = "question-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const sentence = document.createElement("p");
  sentence.textContent = question.sentence;
  const actions = document.createElement("div");
  actions.className = "dialog-actions";
  actions.append(
    button(question.yes, question.danger ? "btn-danger" : "btn-primary", "yes"),
    button(question.no ?? "Not now", "btn-outline-secondary", "no"),
  );
  form.append(title, sentence, actions);
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    dialog.showModal();
  });
}

/** Opens `<dialog id>` for `data-opens-dialog="id"`, closes it for `data-closes-dialog` or a tap beside it. */
export function wireDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) {
      return;
    }
    const opener = target.closest<HTMLElement>("[data-opens-dialog]");
    const opened = opener && document.getElementById(opener.dataset.opensDialog ?? "");
    if (opened instanceof HTMLDialogElement) {
      opened.showModal();
    }
    if (target.closest("[data-closes-dialog]") || target.matches("dialog[data-closes-beside]")) {
      target.closest("dialog")?.close();
    }
  });
}

/**
 * Forms with `data-confirm="Reassign 12 contacts to Omar?"` are sent after a yes; `data-confirm-title`,
 * `data-confirm-yes` and `data-confirm-danger` word the question. `hx-confirm` of htmx asks in the same dialog.
 */
export function wireQuestions(): void {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.confirm === undefined || form.dataset.confirmed) {
      return;
    }
    event.preventDefault();
    const submitter = event.submitter;
    const sure = await ask({
      title: form.dataset.confirmTitle ?? "Are you sure?",
      sentence: form.dataset.confirm,
      yes: form.dataset.confirmYes ?? submitter?.textContent?.trim() ?? "Yes",
      danger: form.dataset.confirmDanger !== undefined,
    });
    if (sure) {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    }
  });
  document.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<{ question?: string; issueRequest: (skip: boolean) => void }>)
      .detail;
    if (detail.question) {
      event.preventDefault();
      void ask({ title: "Are you sure?", sentence: detail.question, yes: "Yes" }).then((sure) => {
        if (sure) {
          detail.issueRequest(true);
        }
      });
    }
  });
}
