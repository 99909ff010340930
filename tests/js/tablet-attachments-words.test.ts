/** What the strip says of a photo, how small one is made, and when there is no room for one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST, within } from "../../static/src/tablet/attachments/pictures.ts";
import { hasRoom, stateWords } from "../../static/src/tablet/attachments/words.ts";

const MB = 1024 * 1024;
const room = { persisted: true, level: "ok", usage: 10 * MB, quota: 100 * MB } as const;

test("a photo must leave room for what is typed", () => {
  assert.equal(hasRoom(room, MB), true);
  assert.equal(hasRoom({ ...room, quota: 18 * MB }, MB), false);
  assert.equal(hasRoom({ ...room, quota: 20 * MB }, MB), true);
  assert.equal(hasRoom({ ...room, level: "full" }, MB), false);
  assert.equal(hasRoom({ ...room, level: "memory" }, MB), false);
  assert.equal(hasRoom({ ...room, usage: null, quota: null }, MB), true, "a browser that does not say");
});

test("the longer side decides, the shape stays, and nothing grows", () => {
  assert.deepEqual(within(4000, 3000, LONGEST), { width: 1600, height: 1200 });
  assert.deepEqual(within(3000, 4000, LONGEST), { width: 1200, height: 1600 });
  assert.deepEqual(within(640, 480, LONGEST), { width: 640, height: 480 });
  assert.deepEqual(within(9000, 2, LONGEST), { width: 1600, height: 1 });
});

test("received is said of what the server has, and of nothing else", () => {
  const row = { have: [0, 1], chunks: 5, detail: "Too large." };
  const said = (["waiting", "sending", "sent", "refused"] as const).map((state) =>
    stateWords({ ...row, state }),
  );
  assert.deepEqual(
    said.map((words) => words.includes("Received")),
    [false, false, true, false],
  );
  assert.match(said[1] ?? "", /2 of 5/);
  assert.equal(said[3], "Too large.");
});
