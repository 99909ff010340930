import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, likelyDay } from "../../static/src/field/moment.ts";

const ZONE = "America/Chicago";

test("a time of day however it is typed", () => {
  for (const typed of ["930", "0930", "9:30", "09:30", "09.30", "9h30"])
    assert.equal(clockTime(typed), "09:30", typed);
  assert.equal(clockTime("13"), "13:00");
  assert.equal(clockTime("0:05"), "00:05");
  assert.equal(clockTime(""), "");
  for (const typed of ["2460", "24:00", "13:60", "noon", "1:2:3"])
    assert.equal(clockTime(typed), null, typed);
});

test("a time without a day is the last one that was", () => {
  const past = (at: string, time: string): string => likelyDay(time, new Date(at), ZONE);
  assert.equal(past("2027-01-12T19:00:00Z", "12:55"), "2027-01-12");
  assert.equal(past("2027-01-12T06:10:00Z", "23:50"), "2027-01-11");
  assert.equal(past("2027-01-12T05:50:00Z", "00:10"), "2027-01-12");
});
