import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stageOf, stageOfTemperature, withDigit } from "../../static/src/lib/vitals-digits.ts";
import { type Limit, pressures } from "../../static/src/lib/vitals-limits.ts";

const policy = JSON.parse(
  readFileSync(new URL("../../mih/protocols/defaults/vitals_limits.json", import.meta.url), "utf8"),
).values;
const limit = (name: string): Limit => policy[name].value;
const ranges = [limit("temp").hard, policy.fahrenheit.value] as const;

test("a whole heart rate goes on by itself, one that may grow waits", () => {
  assert.equal(stageOf("8", limit("hr")), "partial");
  assert.equal(stageOf("84", limit("hr")), "whole");
  assert.equal(stageOf("11", limit("hr")), "partial");
  assert.equal(stageOf("112", limit("hr")), "whole");
  assert.equal(stageOf("30", limit("hr")), "open");
  assert.equal(stageOf("999", limit("hr")), "impossible");
  assert.equal(stageOf("0", limit("hr")), "whole");
  assert.equal(stageOf("0", limit("spo2")), "impossible");
});

test("every accepted number of every field can be typed to its end, and no shorter part of it goes on", () => {
  for (const name of ["hr", "rr", "spo2", "sbp", "dbp", "glucose"]) {
    const [low, high] = limit(name).hard;
    for (let value = low; value <= high; value += 1) {
      const digits = String(value);
      assert.match(stageOf(digits, limit(name)), /open|whole/, `${name} ${digits}`);
      for (let length = 1; length < digits.length; length += 1)
        assert.match(stageOf(digits.slice(0, length), limit(name)), /partial|open/, `${name} ${digits}`);
    }
  }
});

test("a temperature gets its point by itself, in either unit", () => {
  const type = (keys: string): string => [...keys].reduce((typed, key) => withDigit(typed, key, ranges), "");
  for (const [keys, typed] of [
    ["986", "98.6"],
    ["1004", "100.4"],
    ["372", "37.2"],
    ["771", "77.1"],
    ["1130", "113.0"],
  ] as const) {
    assert.equal(type(keys), typed);
    assert.equal(stageOfTemperature(typed, ranges), "whole");
  }
  assert.equal(stageOfTemperature("98.", ranges), "open");
  assert.equal(stageOfTemperature("10", ranges), "partial");
  assert.equal(stageOfTemperature("60", ranges), "impossible");
});

test("two pressures in one box", () => {
  assert.deepEqual(pressures("120/80"), { sbp: 120, dbp: 80 });
  assert.deepEqual(pressures(" 120 / p "), { sbp: 120, dbp: "P" });
  assert.equal(pressures("120"), null);
});
