/** Where somebody stood on a screen: the field, the cursor, the scroll. Kept in memory while the tablet is locked. */

export interface Place {
  readonly hash: string;
  readonly field: string;
  readonly selection: readonly [number, number] | null;
  readonly scroll: number;
}

/** The field last stood in: a tap on the lock button takes the focus away from it. */
let last: HTMLElement | null = null;

export function followFocus(outlet: HTMLElement): void {
  outlet.addEventListener("focusin", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    // A screen's own bar holds the lock button too.
    if (!target?.closest("[data-keep]")) last = target;
  });
}

export function placeNow(): Place {
  const inside = last?.isConnected ? last : null;
  return {
    hash: location.hash,
    field: inside ? nameOf(inside) : "",
    selection: inside ? selectionOf(inside) : null,
    scroll: window.scrollY,
  };
}

/** Holds no element of a screen that is gone. */
export function forgetFocus(): void {
  last = null;
}

export function standAt(place: Place): void {
  const field = place.field ? document.querySelector<HTMLElement>(`[data-outlet] ${place.field}`) : null;
  field?.focus({ preventScroll: true });
  if (place.selection && (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) {
    try {
      field.setSelectionRange(...place.selection);
    } catch {
      // A number or date box has no cursor to set.
    }
  }
  window.scrollTo({ top: place.scroll, behavior: "instant" });
}

function nameOf(element: HTMLElement): string {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const name = element.getAttribute("name");
  return name ? `${element.tagName.toLowerCase()}[name="${CSS.escape(name)}"]` : "";
}

function selectionOf(element: HTMLElement): readonly [number, number] | null {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return null;
  try {
    const { selectionStart, selectionEnd } = element;
    return selectionStart === null ? null : [selectionStart, selectionEnd ?? selectionStart];
  } catch {
    return null;
  }
}
