/** Whether a finger is on the screen. What is swapped between its coming down and its going up takes the tap with it. */

/** Milliseconds after which a finger that never went up is taken for gone. */
const LONGEST = 3_000;
/** The click of a touch follows the finger's going up; a browser may take this long to send it. */
const CLICK_COMES = 100;

const down = new Set<number>();
let waiting: (() => void)[] = [];

/** Resolves when no finger is on the screen: at once, mostly. */
export function handsOff(): Promise<void> {
  if (down.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    const there = [...down];
    setTimeout(() => {
      for (const id of there) down.delete(id);
      resolve();
    }, LONGEST);
  });
}

function up(event: PointerEvent): void {
  down.delete(event.pointerId);
  setTimeout(() => {
    if (down.size > 0) return;
    const due = waiting;
    waiting = [];
    for (const go of due) go();
  }, CLICK_COMES);
}

document.addEventListener("pointerdown", (event) => down.add(event.pointerId), { capture: true });
document.addEventListener("pointerup", up, { capture: true });
document.addEventListener("pointercancel", up, { capture: true });
