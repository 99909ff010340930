/** What follows from hearing the server: its clock, its epoch, what it wants of this tablet. */
import type { Context } from "./context.ts";
import { offerKept } from "./report.ts";

export interface Wishes {
  /** The server wants every key on this tablet forgotten. */
  wipe(): Promise<void>;
  /** Something is back in the outbox. */
  send(): Promise<void>;
}

export class Hearing {
  private readonly context: Context;
  private readonly wishes: Wishes;
  private offering: Promise<void> | null = null;

  constructor(context: Context, wishes: Wishes) {
    this.context = context;
    this.wishes = wishes;
  }

  /** `durable`: the server's last verified backup; undefined when nothing was said of it. */
  async heard(
    epoch: string,
    serverNow: string,
    directives: readonly string[],
    durable?: string | null,
  ): Promise<void> {
    const known = this.context.device();
    if (known === null) return;
    const other = known.epoch !== "" && known.epoch !== epoch;
    const wanted = other || directives.includes("reoffer");
    const offset = Math.round(Date.parse(serverNow) - this.context.now().getTime());
    await this.context.remember({
      epoch,
      offset: Number.isNaN(offset) ? null : offset,
      lastSeen: serverNow,
      ...(durable ? { durableThrough: durable } : {}),
      ...(wanted ? { reoffer: true } : {}),
    });
    if (wanted) void this.offer();
    if (directives.includes("update")) this.context.emit("update");
    if (directives.includes("wipe")) {
      // The server says it again at the next contact.
      await this.wishes.wipe().catch((error: unknown) => this.context.log("wipe_failed", error));
    }
  }

  /** The server may have lost what it once received: it is asked, and gets again what it misses. */
  offer(): Promise<void> {
    this.offering ??= offerKept(this.context)
      .then(async (heard) => {
        if (!heard) return;
        await this.context.remember({ reoffer: false });
        await this.wishes.send();
      })
      .catch((error: unknown) => this.context.log("offer_failed", error))
      .finally(() => {
        this.offering = null;
      });
    return this.offering;
  }
}
