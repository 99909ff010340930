/** A dialog that the server fills: `<dialog data-fills>` opens once htmx has put something into it. */
export function wireFilledDialogs(): void {
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.target;
    if (target instanceof HTMLDialogElement && target.matches("[data-fills]") && !target.open) {
      target.showModal();
      target.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), select, textarea")?.focus();
    }
  });
}

/** A line that the server sends anew keeps the keyboard where it was: on what can be done with the line. */
export function wireSwappedLines(): void {
  document.addEventListener("htmx:afterSwap", (event) => {
    const line = event.target instanceof Element ? document.getElementById(event.target.id) : null;
    if (line?.matches(".due-row")) {
      line.querySelector<HTMLElement>(".due-acts :is(a, button)")?.focus();
    }
  });
}
