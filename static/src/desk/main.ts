/** Small behaviours of the desk: dismissing, confirming, and choosing many rows at once. */
document.addEventListener("click", (event) => {
  const opener = (event.target as Element).closest<HTMLElement>("[data-opens-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opensDialog ?? "");
    if (dialog instanceof HTMLDialogElement) {
      dialog.showModal();
    }
  }
  const closer = (event.target as Element).closest("[data-closes-dialog]");
  closer?.closest("dialog")?.close();
});

document.addEventListener("change", (event) => {
  const all = event.target as HTMLInputElement;
  if (all.matches("[data-chooses-all]")) {
    const boxes = all.closest("form")?.querySelectorAll<HTMLInputElement>("input[data-choice]") ?? [];
    for (const box of boxes) {
      box.checked = all.checked;
    }
  }
});
