/** Sealed photos go up piece by piece, resume where they stopped, and count as sent on the server's word alone. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { CHUNK } from "../../static/src/tablet/attachments/sealing.ts";
import { type Sent, sendBlobs } from "../../static/src/tablet/attachments/upload.ts";
import type { BlobRow } from "../../static/src/tablet/store/types.ts";

type Answer = (init: RequestInit, address: string) => Response | Promise<Response>;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });

function rowOf(size: number): BlobRow {
  const sealed = new Uint8Array(randomBytes(size));
  return {
    blob: "01",
    staff: "s",
    encounter: "e",
    mid: "m",
    sha256: createHash("sha256").update(sealed).digest("hex"),
    sealed,
    bytes: size,
    chunks: Math.ceil(size / CHUNK),
    have: [],
    state: "waiting",
    detail: "",
    at: "2027-01-12T18:00:00Z",
    preview: new Uint8Array(),
  };
}

/** A server that keeps pieces; `next` answers once in its place. */
class Server {
  readonly held = new Map<string, Map<number, Uint8Array>>();
  readonly asked: string[] = [];
  readonly kept: BlobRow[] = [];
  readonly next: (Answer | null)[] = [];
  private rows: readonly BlobRow[] = [];

  async take(rows: readonly BlobRow[]): Promise<Sent> {
    this.rows = rows;
    return sendBlobs({
      rows,
      put: async (row) => void this.kept.push(row),
      fetch: (address, init) => this.answer(address, init),
      later: () => () => undefined,
    });
  }

  last(row: BlobRow): BlobRow | undefined {
    return this.kept.findLast(({ sha256 }) => sha256 === row.sha256);
  }

  whole(row: BlobRow): Buffer {
    const pieces = this.held.get(row.sha256) ?? new Map();
    return Buffer.concat(Array.from({ length: row.chunks }, (_, n) => pieces.get(n) ?? new Uint8Array()));
  }

  private async answer(address: string, init: RequestInit): Promise<Response> {
    this.asked.push(`${init.method} ${address.slice(-24)}`);
    const instead = this.next.shift();
    if (instead) return instead(init, address);
    const [, sha = "", n = ""] = /blob\/([0-9a-f]{64})\/(\d*)/.exec(address) ?? [];
    const pieces = this.held.get(sha) ?? new Map<number, Uint8Array>();
    this.held.set(sha, pieces);
    if (init.method === "PUT") {
      const bytes = new Uint8Array(init.body as ArrayBuffer);
      const digest = createHash("sha256").update(bytes).digest("base64");
      assert.equal(new Headers(init.headers).get("Content-Digest"), `sha-256=:${digest}:`);
      pieces.set(Number(n), bytes);
    }
    const chunks = this.rows.find(({ sha256 }) => sha256 === sha)?.chunks ?? 0;
    return json({ have: [...pieces.keys()].sort((a, b) => a - b), complete: pieces.size === chunks });
  }
}

test("every byte arrives, in pieces of 256 KiB, and then it is sent", async () => {
  const [server, row] = [new Server(), rowOf(2 * CHUNK + 5)];
  assert.deepEqual(await server.take([row]), { kind: "done" });
  assert.deepEqual(server.whole(row), Buffer.from(row.sealed));
  assert.equal(server.last(row)?.state, "sent");
  assert.equal(server.last(row)?.sealed.length, row.bytes, "it is kept until retention lets go of it");
  assert.equal(server.asked.length, 4);
});

test("an upload that broke goes on at the missing piece, whatever the row remembers", async () => {
  const [server, row] = [new Server(), rowOf(3 * CHUNK)];
  server.next.push(null, null, () => Promise.reject(new TypeError("Failed to fetch")));
  assert.deepEqual(await server.take([row]), { kind: "waits", reason: "No network.", after: 0 });
  assert.deepEqual([server.last(row)?.state, server.last(row)?.have], ["sending", [0]]);
  server.asked.length = 0;
  await server.take([{ ...row, have: [] }]);
  assert.deepEqual(
    server.asked.map((line) => line.slice(0, 3)),
    ["GET", "PUT", "PUT"],
  );
  assert.deepEqual(server.whole(row), Buffer.from(row.sealed));
});

test("a server that was restored gets it again", async () => {
  const [server, row] = [new Server(), rowOf(CHUNK)];
  await server.take([row]);
  server.held.clear();
  await server.take([{ ...(server.last(row) as BlobRow), state: "waiting" }]);
  assert.deepEqual(server.whole(row), Buffer.from(row.sealed));
});

for (const [name, answer] of Object.entries<Answer>({
  "a captive portal's page": () =>
    new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } }),
  "a redirect": () => new Response(null, { status: 302 }),
  "an empty answer": () => new Response(null, { status: 204 }),
  "JSON that is cut off": () =>
    new Response('{"have":[0],"comp', { headers: { "Content-Type": "application/json" } }),
  "more pieces than there are": () => json({ have: [0, 7], complete: true }),
  "complete without its pieces": () => json({ have: [], complete: true }),
  "somebody else's JSON": () => json({ ok: true }),
  "a busy server": () => json({ code: "busy", sentence: "Later." }, 503),
  "an unknown device": () => json({ code: "device_unknown", sentence: "Sign in." }, 401),
  "a full share": () => json({ code: "share_used_up", sentence: "Full." }, 507),
})) {
  test(`${name} is no receipt: the photo stays and is sent later`, async () => {
    for (const turn of [0, 1]) {
      const [server, row] = [new Server(), rowOf(CHUNK)];
      server.next.push(...(turn === 0 ? [answer] : [null, answer]));
      assert.equal((await server.take([row])).kind, "waits");
      assert.ok([undefined, "sending"].includes(server.last(row)?.state));
      assert.deepEqual(await server.take([row]), { kind: "done" });
      assert.equal(server.last(row)?.state, "sent");
    }
  });
}

test("a server that asks to wait is given its time", async () => {
  const [server, row] = [new Server(), rowOf(9)];
  server.next.push(() => json({ code: "slow", sentence: "Later." }, 429, { "Retry-After": "7" }));
  assert.deepEqual(await server.take([row]), { kind: "waits", reason: "Later.", after: 7000 });
});

test("one that would be refused for ever is set aside with the server's words, and the next one goes", async () => {
  const [server, big, small] = [new Server(), rowOf(9), rowOf(12)];
  server.next.push(null, () => json({ code: "too_large", sentence: "Too large. Take it again." }, 413));
  assert.deepEqual(await server.take([big, small]), { kind: "done" });
  assert.deepEqual(
    [server.last(big)?.state, server.last(big)?.detail],
    ["refused", "Too large. Take it again."],
  );
  assert.equal(server.last(small)?.state, "sent");
});

test("a whole that arrives damaged is sent anew, and not for ever", async () => {
  const [server, row] = [new Server(), rowOf(9)];
  const wrong = () => json({ have: [], complete: false });
  server.next.push(null, wrong);
  assert.deepEqual(await server.take([row]), { kind: "done" });
  server.held.clear();
  server.next.push(wrong, wrong, wrong);
  assert.match(((await server.take([row])) as { reason: string }).reason, /damaged/);
});
