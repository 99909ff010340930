/**
 * The tablet's IndexedDB. It is opened without a version and only ever gains stores, so older code opens a newer one.
 * Every write is one strict transaction; a lost connection is dropped and opened anew, never retried as it is.
 */
import { type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction, openDB } from "idb";

/** Key path of each store, and of its indexes. What stands in clear is opaque: ids, sizes, states, times. */
export const SHAPE = {
  meta: { key: "name", indexes: {} },
  users: { key: "staff", indexes: {} },
  streams: { key: ["staff", "encounter"], indexes: {} },
  outbox: { key: "mid", indexes: { staff: "staff" } },
  drafts: { key: "mid", indexes: { staff: "staff", response: ["staff", "encounter"] } },
  sent: { key: "mid", indexes: { staff: "staff" } },
  cases: { key: ["staff", "id"], indexes: { staff: "staff" } },
  blobs: { key: "blob", indexes: { staff: "staff" } },
  begun: { key: ["staff", "name"], indexes: { staff: "staff" } },
  log: { key: "n", indexes: {} },
} as const satisfies Record<
  string,
  { key: string | readonly string[]; indexes: Record<string, string | readonly string[]> }
>;

export type StoreName = keyof typeof SHAPE;

/** What one transaction sees. Await nothing else inside it: IndexedDB commits a transaction that idles. */
export interface Rows {
  get<T>(store: StoreName, key: IDBValidKey): Promise<T | undefined>;
  all<T>(store: StoreName, index?: string, value?: IDBValidKey): Promise<T[]>;
  put(store: StoreName, row: object): Promise<void>;
  delete(store: StoreName, key: IDBValidKey): Promise<void>;
}

export interface Database {
  /** True when nothing outlives the page. */
  readonly memory: boolean;
  read<T>(stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T>;
  /** All of `work` or nothing; resolves when it is on the disk. `work` may run again after a lost connection. */
  write<T>(stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export class Timeout extends Error {
  override readonly name = "Timeout";
}

const OPENING = 5_000;
const WORKING = 15_000;
const TRIES = 3;

/** Opens the database; where the browser has none to give, one that lives as long as the page. */
export async function openDatabase(name: string): Promise<Database> {
  const database = new Disk(name);
  try {
    await database.read(["meta"], async () => undefined);
    return database;
  } catch {
    await database.close();
    return new Memory();
  }
}

function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Timeout(`${what} took too long.`)), milliseconds);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Whether the connection is gone, as against a transaction that was refused. */
function lost(error: unknown): boolean {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return ["InvalidStateError", "UnknownError", "AbortError", "Timeout"].includes(name);
}

class Disk implements Database {
  readonly memory = false;
  private readonly name: string;
  private handle: Promise<IDBPDatabase> | null = null;

  constructor(name: string) {
    this.name = name;
  }

  read<T>(stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.run("readonly", stores, work);
  }

  write<T>(stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T> {
    return this.run("readwrite", stores, work);
  }

  async close(): Promise<void> {
    const handle = this.handle;
    this.handle = null;
    (await handle?.catch(() => null))?.close();
  }

  private async run<T>(
    mode: IDBTransactionMode,
    stores: StoreName[],
    work: (rows: Rows) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.handle ??= within(
          OPENING,
          "Opening the storage",
          opened(this.name, () => void this.close()),
        );
        const handle = await this.handle;
        return await within(WORKING, "Storing", transacted(handle, mode, stores, work));
      } catch (error) {
        if (!lost(error) || tries === TRIES) throw error;
        await this.close();
      }
    }
  }
}

async function transacted<T>(
  handle: IDBPDatabase,
  mode: IDBTransactionMode,
  stores: StoreName[],
  work: (rows: Rows) => Promise<T>,
): Promise<T> {
  const transaction = handle.transaction(stores, mode, { durability: "strict" });
  // A commit that fails fires abort alone: `done` rejects on it, so it is awaited before anybody hears "saved".
  const done = transaction.done;
  done.catch(() => undefined);
  let result: T;
  try {
    result = await work(rowsOf(transaction as IDBPTransaction<unknown, string[], IDBTransactionMode>));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has aborted itself.
    }
    await done.catch(() => undefined);
    throw transaction.error ?? error;
  }
  await done;
  return result;
}

function rowsOf(transaction: IDBPTransaction<unknown, string[], IDBTransactionMode>): Rows {
  const of = (store: StoreName) =>
    transaction.objectStore(store) as IDBPObjectStore<unknown, string[], string, "readwrite">;
  return {
    get: (store, key) => of(store).get(key),
    all: (store, index, value) =>
      index === undefined ? of(store).getAll() : of(store).index(index).getAll(value),
    async put(store, row) {
      await of(store).put(row);
    },
    delete: (store, key) => of(store).delete(key),
  };
}

async function opened(name: string, gone: () => void): Promise<IDBPDatabase> {
  const callbacks = {
    upgrade(handle: IDBPDatabase, _old: number, _new: number | null, transaction: unknown) {
      complete(handle, transaction as IDBPTransaction<unknown, string[], "versionchange">);
    },
    // Another page adds a store: let go, and open again at the next use.
    blocking: gone,
    terminated: gone,
  };
  let handle = await openDB(name, undefined, callbacks);
  if (lacking(handle)) {
    const next = handle.version + 1;
    handle.close();
    handle = await openDB(name, next, callbacks);
  }
  return handle;
}

function lacking(handle: IDBPDatabase): boolean {
  return Object.keys(SHAPE).some((store) => !handle.objectStoreNames.contains(store));
}

function complete(
  handle: IDBPDatabase,
  transaction: IDBPTransaction<unknown, string[], "versionchange">,
): void {
  for (const [name, { key, indexes }] of Object.entries(SHAPE)) {
    const store = handle.objectStoreNames.contains(name)
      ? transaction.objectStore(name)
      : handle.createObjectStore(name, { keyPath: key as string | string[] });
    for (const [index, path] of Object.entries(indexes)) {
      if (!store.indexNames.contains(index)) store.createIndex(index, path as string | string[]);
    }
  }
}

/** The same promises but one: nothing is on a disk. */
export class Memory implements Database {
  readonly memory = true;
  private kept = new Map<StoreName, Map<string, object>>();
  private turn: Promise<unknown> = Promise.resolve();

  read<T>(_stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T> {
    return work(this.rows(this.kept));
  }

  write<T>(stores: StoreName[], work: (rows: Rows) => Promise<T>): Promise<T> {
    const turn = this.turn.then(async () => {
      const draft = new Map(this.kept);
      for (const store of stores) draft.set(store, new Map(this.kept.get(store)));
      const result = await work(this.rows(draft));
      this.kept = draft;
      return result;
    });
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {}

  private rows(kept: Map<StoreName, Map<string, object>>): Rows {
    const at = (row: object, path: string | readonly string[]) =>
      JSON.stringify(
        Array.isArray(path) ? path.map((part) => Reflect.get(row, part)) : Reflect.get(row, path as string),
      );
    return {
      get: async <T>(store: StoreName, key: IDBValidKey) =>
        structuredClone(kept.get(store)?.get(JSON.stringify(key))) as T | undefined,
      all: async <T>(store: StoreName, index?: string, value?: IDBValidKey) => {
        const path = index && (SHAPE[store].indexes as Record<string, string | readonly string[]>)[index];
        const found = Array.from(kept.get(store)?.values() ?? []);
        return structuredClone(
          path ? found.filter((row) => at(row, path) === JSON.stringify(value)) : found,
        ) as T[];
      },
      put: async (store, row) => {
        const rows = kept.get(store) ?? new Map();
        kept.set(store, rows.set(at(row, SHAPE[store].key), structuredClone(row)));
      },
      delete: async (store, key) => {
        kept.get(store)?.delete(JSON.stringify(key));
      },
    };
  }
}
