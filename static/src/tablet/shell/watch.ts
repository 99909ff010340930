/**
 * Notices that nobody is there: no touch for a while, another app in front, the lid closed. Timers stand still while a
 * tablet sleeps, so the clock is compared again when it wakes.
 */
import { background } from "./background.ts";

export interface Watched {
  readonly limits: { readonly idleSeconds: number; readonly hiddenSeconds: number };
  /** Whether there is anything to lock. */
  readonly open: () => boolean;
  /** Takes the words off the glass at once, for the picture the app switcher keeps; false puts them back. */
  readonly cover: (covered: boolean) => void;
  readonly lock: () => Promise<void>;
  /** Says in how many seconds the tablet locks unless somebody touches it; null takes the words away. */
  readonly warn: (seconds: number | null) => void;
  /** Keeps what is typed, without leaving the screen. */
  readonly flush: () => void;
}

const TOUCHES = ["pointerdown", "keydown", "input", "wheel", "touchmove"] as const;
const LOOK_EVERY = 1_000;
/** Seconds before an idle lock that it is told of. */
const WARNED_AHEAD = 10;

export function watch(watched: Watched): void {
  let last = Date.now();
  let hiddenAt: number | null = null;
  const look = async (): Promise<void> => {
    const { hiddenSeconds, idleSeconds } = watched.limits;
    const open = watched.open();
    const due = open && ((hiddenAt !== null && over(hiddenAt, hiddenSeconds)) || over(last, idleSeconds));
    const left = Math.ceil(idleSeconds - (Date.now() - last) / 1_000);
    watched.warn(open && !due && hiddenAt === null && left <= WARNED_AHEAD ? Math.max(1, left) : null);
    if (due) await watched.lock();
  };
  const show = async (): Promise<void> => {
    await look();
    hiddenAt = null;
    watched.cover(false);
  };
  const touched = (): void => {
    // A touch after too long is the first after a sleep: it must not undo the lock that is due.
    if (watched.open() && over(last, watched.limits.idleSeconds)) return;
    last = Date.now();
    watched.warn(null);
    // Whoever touches the glass sees it, even where the browser forgot to say that the page is back.
    if (hiddenAt !== null && document.visibilityState === "visible") background(show());
  };
  for (const name of TOUCHES) document.addEventListener(name, touched, { capture: true, passive: true });
  const hide = (): void => {
    if (hiddenAt !== null) return;
    hiddenAt = Date.now();
    watched.cover(true);
    watched.flush();
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hide();
    else background(show());
  });
  addEventListener("pagehide", hide);
  addEventListener("pageshow", () => {
    if (document.visibilityState === "visible") background(show());
  });
  document.addEventListener("freeze", hide);
  window.setInterval(() => background(look()), LOOK_EVERY);
}

/** A clock that was set back counts as gone by: nobody can tell how long it was. */
function over(since: number, seconds: number): boolean {
  const gone = Date.now() - since;
  return gone > seconds * 1_000 || gone < -LOOK_EVERY * 60;
}
