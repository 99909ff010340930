/** What the store tells the screens of its page, and the other pages of this tablet. */
import { otherPages, type Pages } from "./locks.ts";
import type { TabletEvent } from "./types.ts";

/** What other pages hear of, too. */
const TOLD: readonly TabletEvent[] = ["records", "locked"];

export class Events {
  private readonly listeners = new Map<TabletEvent, Set<() => void>>();
  private readonly pages: Pages<TabletEvent>;
  private closed = false;

  /** `hear`: another page told of an event. */
  constructor(name: string, hear: (event: TabletEvent) => void) {
    this.pages = otherPages<TabletEvent>(name, hear);
  }

  on(event: TabletEvent, listen: () => void): () => void {
    const listeners = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, listeners.add(listen));
    return () => void listeners.delete(listen);
  }

  /** `here`: the other pages know it already. */
  emit(event: TabletEvent, here = false): void {
    if (this.closed) return;
    if (!here && TOLD.includes(event)) this.pages.tell(event);
    for (const listen of this.listeners.get(event) ?? []) {
      try {
        listen();
      } catch (error) {
        // A screen that fails is its own trouble: keeping and sending go on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  close(): void {
    this.closed = true;
    this.pages.close();
  }
}
