/** A ring of local events: what happened and when. An error gives its name, never its words; no value of a record. */
import { uuid7 } from "../../lib/uuid7.ts";
import type { Database } from "./db.ts";
import type { LogLine } from "./types.ts";

const LENGTH = 300;

interface Row {
  n: string;
  at: string;
  event: string;
  detail: string;
}

export class Ring {
  private readonly db: Database;
  private readonly now: () => Date;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(db: Database, now: () => Date) {
    this.db = db;
    this.now = now;
  }

  add(event: string, detail?: unknown): void {
    const said = detail instanceof Error || detail instanceof DOMException ? detail.name : (detail ?? "");
    const row: Row = { n: uuid7(), at: this.now().toISOString(), event, detail: String(said).slice(0, 80) };
    this.turn = this.turn.then(() => this.write(row)).catch(() => undefined);
  }

  /** Newest first. */
  async lines(): Promise<LogLine[]> {
    await this.turn;
    const rows = await this.db.read(["log"], (store) => store.all<Row>("log"));
    return rows.reverse().map(({ at, event, detail }) => ({ at: new Date(at), event, detail }));
  }

  private write(row: Row): Promise<void> {
    return this.db.write(["log"], async (store) => {
      await store.put("log", row);
      const rows = await store.all<Row>("log");
      for (const old of rows.slice(0, Math.max(0, rows.length - LENGTH))) await store.delete("log", old.n);
    });
  }
}
