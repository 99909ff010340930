/** Native dialogs: the browser keeps the focus inside and gives it back. */

export function dialog(name: string): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>(`dialog[data-dialog="${name}"]`);
}

export function open(name: string): HTMLDialogElement | null {
  const found = dialog(name);
  if (found && !found.open) found.showModal();
  return found;
}

/** Closes a dialog at a tap on its closing buttons; opens one at a tap on `data-opens`. */
export function bindDialogs(root: HTMLElement | Document = document): void {
  root.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>("[data-opens]");
    if (opener?.dataset.opens) open(opener.dataset.opens);
    if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
  });
}
