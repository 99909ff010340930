/**
 * Fields that matter only after another answer: `data-shown-when="outcome=voicemail_left,text_sent"`. Without
 * this script they all show, and the server judges what belongs together.
 */
function chosen(form: HTMLFormElement, name: string): string {
  const found = form.elements.namedItem(name);
  return found instanceof RadioNodeList ||
    found instanceof HTMLInputElement ||
    found instanceof HTMLSelectElement
    ? found.value
    : "";
}

/** Shows what applies in one form, and what the chosen outcome sets in motion. */
function settle(form: HTMLFormElement): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-shown-when]")) {
    const [name = "", values = ""] = (part.dataset.shownWhen ?? "").split("=");
    part.hidden = !values.split(",").includes(chosen(form, name));
  }
  const needed = form.querySelector("input[name=channel][data-needs-reason]:checked") !== null;
  for (const part of form.querySelectorAll<HTMLElement>("[data-shown-when-reason]")) {
    part.hidden = !needed;
  }
  const place = form.querySelector<HTMLElement>("[data-follows-place]");
  const words = place?.querySelector("[data-follows-words]");
  if (place && words) {
    const outcome = form.querySelector<HTMLInputElement>("input[data-follows]:checked");
    words.textContent = outcome?.dataset.follows ?? "";
    place.hidden = !outcome;
  }
}

export function wireShown(): void {
  const all = (root: ParentNode) => {
    for (const form of root.querySelectorAll("form")) {
      settle(form);
    }
  };
  all(document);
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form) {
      settle(form);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target instanceof Element) {
      all(event.target);
    }
  });
}

/** `<form data-once>`: a second press while the first is on its way does nothing. */
export function wireOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.once === undefined) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
    }
  });
}
