/** Short notes at the edge of the page: what was just done, and a way to undo it. */

export interface Undo {
  words: string;
  run: () => void;
}

const SECONDS_SHOWN = 8;

/** Shows `words` in the page's `[data-toasts]`, which screen readers announce. Stays while pointed at or focused. */
export function toast(words: string, undo?: Undo): HTMLElement | undefined {
  const place = document.querySelector("[data-toasts]");
  if (!place) {
    return undefined;
  }
  const note = document.createElement("div");
  note.className = "toast-note";
  const text = document.createElement("span");
  text.textContent = words;
  note.append(text);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = undo.words;
    button.addEventListener("click", () => {
      note.remove();
      undo.run();
    });
    note.append(button);
  }
  place.append(note);
  dismissLater(note);
  return note;
}

/** Takes a note away after a while, never while somebody is reading or using it. */
export function dismissLater(note: HTMLElement): void {
  let timer = 0;
  const start = () => {
    timer = window.setTimeout(() => note.remove(), SECONDS_SHOWN * 1000);
  };
  const hold = () => window.clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) {
    note.addEventListener(name, hold);
  }
  for (const name of ["pointerleave", "focusout"]) {
    note.addEventListener(name, start);
  }
  start();
}
