import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { derivedPoints } from "../../static/src/lib/cows.ts";
import { summary } from "../../static/src/lib/instrument-form.ts";
import {
  type Answers,
  type Context,
  type Definition,
  type Result,
  score,
} from "../../static/src/lib/instruments.ts";

const root = new URL("../../", import.meta.url);

function read<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, root), "utf8"));
}

interface Vectors {
  instrument: string;
  version: number | number[];
  vectors: {
    name: string;
    versions?: number[];
    answers: Answers;
    context?: Context;
    expect: Record<string, unknown>;
  }[];
}

const definition = (key: string): Definition => read(`mih/instruments/definitions/${key}.v1.json`);

function brief(result: Result): Record<string, unknown> {
  return {
    ...result,
    flags: result.flags.map((flag) => flag.code),
    notes: result.notes.map((note) => note.key),
  };
}

const files = globSync("tests/vectors/*.vectors.json", { cwd: root });

test("there are vectors for every instrument", () => assert.equal(files.length, 19));

for (const file of files) {
  const { instrument, version, vectors } = read<Vectors>(file);
  for (const { name, versions, answers, context, expect } of vectors) {
    for (const number of versions ?? [version].flat()) {
      const subject = read<Definition>(`mih/instruments/definitions/${instrument}.v${number}.json`);
      test(`${instrument}.v${number}: ${name}`, () => {
        const result = brief(score(subject, answers, context));
        for (const [field, expected] of Object.entries(expect)) {
          assert.deepEqual(result[field], expected, field);
        }
      });
    }
  }
}

test("COWS pulse points follow the heart rate", () => {
  const cows = definition("cows");
  const points = [80, 81, 100, 101, 112, 120, 121].map((hr) => derivedPoints(cows, "pulse", hr));
  assert.deepEqual(points, [0, 1, 1, 2, 2, 2, 4]);
  assert.throws(() => derivedPoints(cows, "gi", 1), RangeError);
});

test("the summary says how much is open, and then the score", () => {
  const phq2 = definition("phq2");
  assert.equal(summary(phq2, score(phq2, { q1: 1 })), "PHQ-2: not scored yet, 1 answer to go.");
  assert.equal(summary(phq2, score(phq2, { q1: 1, q2: 2 })), "PHQ-2 total 3: Positive screen");
  const screener = definition("cssrs_screener");
  const low = score(screener, { q1: "yes", q2: "no", q6: "no" });
  assert.equal(summary(screener, low), "Triage tier: Low risk (yellow)");
  const news2 = read<Definition>("mih/instruments/definitions/news2.v2.json");
  const set = { rr: 16, spo2: 98, o2: "air", sbp: 120, hr: 70, acvpu: "A", temp: 37 };
  assert.equal(summary(news2, score(news2, set, { age: 9 })), "NEWS2: no score.");
  assert.equal(summary(news2, score(news2, set, { age: 16 })), "NEWS2 total 0: Low");
});
