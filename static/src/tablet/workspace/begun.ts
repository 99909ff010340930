/** Keeps what stands in a form that is no record yet, as it is typed, until it becomes one. */
import type { App } from "../app.ts";

export interface Keeping<T> {
  /** What was kept before; null for nothing. */
  readonly before: T | null;
  /** Something may have changed. */
  touch(): void;
  /** The screen goes: resolves once the last words are kept. */
  close(): Promise<void>;
  /** They stand in a record now. */
  done(): Promise<void>;
}

/** `read`: what stands in the form now; null while there is nothing worth keeping. */
export async function keeping<T>(app: App, name: string, read: () => T | null): Promise<Keeping<T>> {
  const { user } = app;
  const before = await user.begun.read<T>(name).catch((error: unknown) => {
    console.error(error);
    return null;
  });
  let last = JSON.stringify(before);
  let wanted = false;
  let over = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (wanted) {
      wanted = false;
      const words = over ? null : read();
      const now = JSON.stringify(words);
      if (now === last) continue;
      await (words === null ? user.begun.drop(name) : user.begun.keep(name, words));
      last = now;
    }
  };
  const touch = (): void => {
    wanted = true;
    running ??= run()
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        running = null;
      });
  };
  const settle = async (): Promise<void> => {
    touch();
    await running;
  };
  return {
    before,
    touch,
    async close() {
      if (!over) await settle();
    },
    async done() {
      over = true;
      await settle();
    },
  };
}

/** Keeps on every touch and key in `place`. */
export function keepOn(place: HTMLElement, touch: () => void): void {
  // After the listeners of the fields themselves, which write what a button means.
  const soon = (): void => queueMicrotask(touch);
  for (const event of ["input", "change", "click"]) place.addEventListener(event, soon);
}
