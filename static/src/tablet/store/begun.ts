/** Words typed into a form that is no record yet: a new call, a new person, an addendum. Sealed for whoever typed them. */
import type { Context } from "./context.ts";
import type { Keys } from "./keys.ts";
import type { BegunRow } from "./rows.ts";
import { text, utf8 } from "./seal.ts";
import type { Begun } from "./types.ts";

/** What the disk would not take: a lock must not lose it, even where a killed app would. */
const spare = new Map<string, BegunRow>();

export class BegunForms implements Begun {
  private readonly context: Context;
  private readonly staff: string;
  private readonly keys: Keys;

  constructor(context: Context, staff: string, keys: Keys) {
    this.context = context;
    this.staff = staff;
    this.keys = keys;
  }

  async read<T>(name: string): Promise<T | null> {
    const place = this.place(name);
    const row =
      spare.get(place) ??
      (await this.context.db.read(["begun"], (rows) => rows.get<BegunRow>("begun", [this.staff, name])));
    if (row === undefined) return null;
    return JSON.parse(text(await this.keys.dek.open("begun", place, row.kept))) as T;
  }

  async keep(name: string, words: unknown): Promise<void> {
    const place = this.place(name);
    const kept = await this.keys.dek.lock("begun", place, utf8(JSON.stringify(words)));
    const row: BegunRow = { staff: this.staff, name, kept, at: this.context.now().toISOString() };
    try {
      await this.context.db.write(["begun"], (rows) => rows.put("begun", row));
      spare.delete(place);
    } catch (error) {
      spare.set(place, row);
      this.context.log("begun_in_memory", error);
    }
  }

  async drop(name: string): Promise<void> {
    spare.delete(this.place(name));
    await this.context.db.write(["begun"], (rows) => rows.delete("begun", [this.staff, name]));
  }

  async names(): Promise<string[]> {
    const rows = await this.context.db.read(["begun"], (store) =>
      store.all<BegunRow>("begun", "staff", this.staff),
    );
    const here = [...spare.values()].filter(({ staff }) => staff === this.staff);
    return [...new Set([...rows, ...here].map(({ name }) => name))].sort();
  }

  private place(name: string): string {
    return `${this.staff}/${name}`;
  }
}
