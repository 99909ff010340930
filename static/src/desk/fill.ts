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
