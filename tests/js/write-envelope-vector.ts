/** Writes tests/vectors/field-envelope.json: one envelope as the tablet makes it, with keys that are used nowhere else. */
import { writeFile } from "node:fs/promises";
import {
  type Header,
  inboxPair,
  sealEnvelope,
  signingKey,
  signingPair,
  toBase64,
} from "../../static/src/tablet/store/seal.ts";
import { framed } from "../../static/src/tablet/store/wire.ts";

const server = await inboxPair();
const author = await signingPair();
const header: Header = {
  v: 1,
  mid: "019464a5-8e00-7aaa-8aaa-aaaaaaaaaaaa",
  seq: 41,
  device: "019464a5-0000-7000-8000-0000000000d1",
  author: "019464a5-0000-7000-8000-0000000000a1",
  encounter: "019464a5-0000-7000-8000-0000000000e1",
  record: "019464a5-0000-7000-8000-0000000000f1",
  prev: "019464a5-8e00-7aaa-8aaa-aaaaaaaaaaa9",
  type: "draft.patch",
  form: "narrative@01234567",
  kid: "vector",
  captured_at: "2027-01-14T19:20:00.123Z",
  tz: "America/Chicago",
  clock: { offset_ms: -1500, last_seen: "2027-01-14T19:00:00+00:00" },
  app: "vector",
};
const payload = {
  changes: { text: { base: null, value: "Señora Núñez: “ça va” — 98.6 °F 🚑\nsecond line" } },
  base_version: 3,
  happened_at: null,
};
const sealed = await sealEnvelope(
  header,
  payload,
  { kid: "vector", pk: server.open },
  await signingKey(author.secret.slice()),
);
const nonce = Uint8Array.from({ length: 16 }, (_, place) => place * 16);
const vector = {
  server_private_pkcs8: toBase64(server.secret),
  server_public: toBase64(server.open),
  author_public: toBase64(author.open),
  header: toBase64(sealed.header),
  body: toBase64(sealed.body),
  sig: toBase64(sealed.sig),
  payload,
  nonce: toBase64(nonce),
  batch: toBase64(framed(nonce, [sealed, sealed])),
};
await writeFile(
  new URL("../vectors/field-envelope.json", import.meta.url),
  `${JSON.stringify(vector, null, 2)}\n`,
);
