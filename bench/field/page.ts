/** The tablet's own store and seal, where a measurement in a page can reach them. */
import { openSealed, sealBytes, signingKey, signingPair } from "../../static/src/tablet/store/seal.ts";
import { openTablet } from "../../static/src/tablet/store/tablet.ts";

Object.assign(globalThis, {
  mihBench: { openSealed, openTablet, puts, sealBytes, seals, signingKey, signingPair },
});

/** Milliseconds of each of `count` puts of `size` bytes in a transaction of their own. */
async function puts(durability: IDBTransactionDurability, count: number, size: number): Promise<number[]> {
  const name = `bench-${durability}`;
  const db = await new Promise<IDBDatabase>((done, fail) => {
    const asked = indexedDB.open(name);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows", { autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const row = crypto.getRandomValues(new Uint8Array(size));
    const began = performance.now();
    await new Promise<void>((done, fail) => {
      const work = db.transaction("rows", "readwrite", { durability });
      work.objectStore("rows").add(row);
      work.oncomplete = () => done();
      work.onabort = () => fail(work.error);
    });
    times.push(performance.now() - began);
  }
  db.close();
  indexedDB.deleteDatabase(name);
  return times;
}

/** Milliseconds of sealing, opening and signing 4 KB, `count` times each. */
async function seals(count: number): Promise<{ seal: number[]; open: number[]; sign: number[] }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const pk = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const author = await signingKey((await signingPair()).secret);
  const info = new TextEncoder().encode("header ".repeat(50));
  const plain = crypto.getRandomValues(new Uint8Array(4096));
  const times = { seal: [] as number[], open: [] as number[], sign: [] as number[] };
  const timed = async <T>(into: number[], work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const made = await work();
    into.push(performance.now() - began);
    return made;
  };
  for (let n = 0; n < count; n += 1) {
    const sealed = await timed(times.seal, () => sealBytes(pk, info, plain));
    await timed(times.open, () => openSealed(pair.privateKey, info, sealed));
    await timed(times.sign, () =>
      crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, author, sealed as BufferSource),
    );
  }
  return times;
}
