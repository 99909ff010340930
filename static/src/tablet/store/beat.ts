/** When the tablet looks up by itself: once a minute, and when it is seen or connected again. */
import type { Context } from "./context.ts";

const TICK = 60_000;

export interface Beat {
  /** Once a minute while the page is seen. */
  turn(): Promise<void>;
  /** The page is seen again, or the network says it is back. */
  hope(): void;
}

const seen = (): boolean => globalThis.document?.visibilityState !== "hidden";

/** Begins; the result stops it. */
export function beating(context: Context, beat: Beat): () => void {
  let stopped = false;
  let cancel = () => {};
  const hope = () => {
    if (seen()) beat.hope();
  };
  const tick = () => {
    cancel = context.later(() => {
      const turn = seen() ? beat.turn() : Promise.resolve();
      void turn
        .catch((error: unknown) => context.log("turn_failed", error))
        .finally(() => {
          if (!stopped) tick();
        });
    }, TICK);
  };
  const events = [
    [globalThis.window, "online"],
    [globalThis.document, "visibilitychange"],
  ] as const;
  for (const [target, event] of events) target?.addEventListener(event, hope);
  tick();
  return () => {
    stopped = true;
    cancel();
    for (const [target, event] of events) target?.removeEventListener(event, hope);
  };
}
