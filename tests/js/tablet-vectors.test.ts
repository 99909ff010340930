/** The same bytes mean the same on both sides: an envelope made here, a receipt made by the server. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { OutboxRow } from "../../static/src/tablet/store/rows.ts";
import { fromBase64, inboxKey, openSealed, text } from "../../static/src/tablet/store/seal.ts";
import { framed, receiptOf } from "../../static/src/tablet/store/wire.ts";

const vector = async (name: string) =>
  JSON.parse(await readFile(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

test("the envelope of the vector opens here with its key and its header, and with no other header", async () => {
  const given = await vector("field-envelope");
  const [key, header, body] = [given.server_private_pkcs8, given.header, given.body].map(fromBase64) as [
    Uint8Array<ArrayBuffer>,
    Uint8Array,
    Uint8Array,
  ];
  const secret = await inboxKey(key);
  const packed = await openSealed(secret, header, body);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  assert.deepEqual(JSON.parse(await new Response(stream).text()), given.payload);
  const other = header.map((byte, place) => (place === 20 ? byte ^ 1 : byte));
  await assert.rejects(openSealed(secret, other, body));
  assert.equal(JSON.parse(text(header)).seq, 41);
});

test("a batch is framed as in the vector, byte for byte", async () => {
  const given = await vector("field-envelope");
  const [header, body, sig] = [given.header, given.body, given.sig].map(fromBase64);
  const row = { header, body, sig } as OutboxRow;
  assert.deepEqual(framed(fromBase64(given.nonce), [row, row]), fromBase64(given.batch));
});

test("a receipt that the server wrote counts here, for its own batch alone", async () => {
  const given = await vector("field-receipt");
  const rows = given.mids.map((mid: string) => ({ mid })) as OutboxRow[];
  const answer = () => new Response(given.body, { headers: { "Content-Type": given.content_type } });
  const receipt = await receiptOf(answer(), fromBase64(given.nonce), rows);
  assert.deepEqual(
    receipt?.items.map(({ mid }) => mid),
    given.mids,
  );
  assert.equal(await receiptOf(answer(), new Uint8Array(16), rows), null);
  const stranger = { mid: crypto.randomUUID() } as OutboxRow;
  assert.equal(await receiptOf(answer(), fromBase64(given.nonce), [...rows, stranger]), null);
});
