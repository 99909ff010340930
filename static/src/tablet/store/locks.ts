/** What the pages of one tablet tell each other. It saves work and shows who edits; what is right never depends on it. */
import type { Hold } from "./types.ts";

const PATIENCE = 60_000;

/** Runs `work` while no other page does, or after a minute in spite of one: it may be frozen. */
export async function turnsOf<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { locks } = navigator;
  if (!locks) return work();
  let began = false;
  const once = () => {
    began = true;
    return work();
  };
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await locks.request(name, { signal: patience.signal }, () => {
      clearTimeout(timer);
      return once();
    });
  } catch (error) {
    if (began || !patience.signal.aborted) throw error;
    return await locks.request(name, { steal: true }, once);
  } finally {
    clearTimeout(timer);
  }
}

/** Claims a draft for this page as long as it is held and nobody takes it over. */
export async function held(draft: string): Promise<Hold> {
  const name = `mih:draft:${draft}`;
  const listeners: (() => void)[] = [];
  let letGo = () => {};
  const state = { mine: true };
  const claim = (options: LockOptions) =>
    new Promise<boolean>((settle) => {
      const until = new Promise<void>((done) => {
        letGo = done;
      });
      navigator.locks
        .request(name, options, (lock) => {
          settle(lock !== null);
          return lock === null ? undefined : until;
        })
        .catch(() => {
          state.mine = false;
          for (const listen of listeners) listen();
        });
    });
  if (navigator.locks) state.mine = await claim({ ifAvailable: true });
  return {
    get mine() {
      return state.mine;
    },
    async takeOver() {
      if (!state.mine) state.mine = await claim({ steal: true });
    },
    onLost: (listen) => void listeners.push(listen),
    release: () => letGo(),
  };
}

export interface Pages<Event> {
  tell(event: Event): void;
  close(): void;
}

/** The other pages that show the same tablet. */
export function otherPages<Event>(name: string, hear: (event: Event) => void): Pages<Event> {
  if (!("BroadcastChannel" in globalThis)) return { tell: () => {}, close: () => {} };
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => hear(data as Event);
  return { tell: (event) => channel.postMessage(event), close: () => channel.close() };
}
