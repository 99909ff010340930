/** Values that say the same are the same, and a wall time means one instant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmpty, same } from "../../static/src/field/values.ts";
import { uuid7 } from "../../static/src/lib/uuid7.ts";
import { fromWall, hoursAndMinutes, toWall } from "../../static/src/lib/wall-clock.ts";

const ZONE = "America/Chicago";

test("what is not filled in is empty, a no or a zero is not", () => {
  for (const value of [null, undefined, "", [], {}]) assert.ok(isEmpty(value));
  for (const value of [false, 0, "0", ["a"], { a: "b" }]) assert.ok(!isEmpty(value));
});

test("one value in two spellings is the same", () => {
  assert.ok(same(112, "112"));
  assert.ok(same(null, ""));
  assert.ok(same([], null));
  assert.ok(same("2027-01-12T19:20:00+00:00", "2027-01-12T13:20:00-06:00"));
  assert.ok(same("2027-01-12T19:20:41+00:00", "2027-01-12T13:20:00-06:00"), "a box shows minutes");
  assert.ok(same([{ sign: "pacing", note: "" }], [{ sign: "pacing" }]));
  assert.ok(same({ a: "1", b: "2" }, { b: "2", a: "1" }));
});

test("different values differ", () => {
  assert.ok(!same(false, null));
  assert.ok(!same(0, null));
  assert.ok(!same("a", "b"));
  assert.ok(!same(["a", "b"], ["b", "a"]));
  assert.ok(!same("2027-01-12T19:20:00+00:00", "2027-01-12T19:21:00+00:00"));
});

test("a wall time carries the agency's offset, summer and winter", () => {
  assert.equal(fromWall("2027-01-12T13:20", ZONE), "2027-01-12T13:20:00-06:00");
  assert.equal(fromWall("2027-07-15T13:20", ZONE), "2027-07-15T13:20:00-05:00");
  assert.equal(fromWall("2027-01-12T23:30", ZONE), "2027-01-12T23:30:00-06:00");
  assert.equal(fromWall("", ZONE), null);
  assert.equal(fromWall("soon", ZONE), "soon");
});

test("on both nights that the clock changes", () => {
  assert.equal(fromWall("2027-03-14T01:30", ZONE), "2027-03-14T01:30:00-06:00");
  assert.equal(fromWall("2027-03-14T03:30", ZONE), "2027-03-14T03:30:00-05:00");
  assert.equal(fromWall("2027-11-07T00:30", ZONE), "2027-11-07T00:30:00-05:00");
  assert.equal(fromWall("2027-11-07T01:30", ZONE), "2027-11-07T01:30:00-05:00", "the first of the two");
  assert.equal(fromWall("2027-11-07T02:30", ZONE), "2027-11-07T02:30:00-06:00");
});

test("an instant on the wall, and back", () => {
  assert.equal(toWall("2027-01-13T05:30:00+00:00", ZONE), "2027-01-12T23:30");
  assert.equal(toWall(null, ZONE), "");
  assert.equal(toWall("nonsense", ZONE), "");
  for (let hour = 0; hour < 24 * 365; hour += 7) {
    const at = new Date(Date.UTC(2027, 0, 1, hour, 13));
    const back = fromWall(toWall(at.toISOString(), ZONE), ZONE);
    const twice =
      toWall(new Date(at.getTime() - 3_600_000).toISOString(), ZONE) === toWall(at.toISOString(), ZONE);
    if (!twice) assert.equal(Date.parse(back ?? ""), at.getTime(), at.toISOString());
  }
  assert.equal(hoursAndMinutes(new Date("2027-01-12T20:03:00Z"), ZONE), "14:03");
});

test("identifiers are version 7, never twice, and in the order of time", () => {
  const made = Array.from({ length: 1_000 }, (_, step) => uuid7(1_800_000_000_000 + step));
  assert.equal(new Set(made).size, 1_000);
  assert.deepEqual([...made].sort(), made);
  for (const id of made)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
