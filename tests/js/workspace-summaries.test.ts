/** An entry is worded on the tablet until the server has worded it as it stands. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Json, Values } from "../../static/src/field/values.ts";
import type { FormFragment } from "../../static/src/tablet/app.ts";
import { summaryOf } from "../../static/src/tablet/workspace/summaries.ts";

const LABELS: Readonly<Record<string, string>> = {
  mg: "Buprenorphine, mg",
  people: "People at home",
  vomited: "Vomited",
  agreed: "Agreed",
};

const wording = {
  label: (field: string): string => LABELS[field] ?? field,
  say: (_field: string, value: Json): string => String(value ?? ""),
};

function said(
  key: string,
  kinds: Record<string, string>,
  values: Values,
  instrument: unknown = null,
): string {
  return summaryOf({ key, kinds, instrument } as unknown as FormFragment, wording, values, {});
}

test("a form is worded by its first filled fields, without when and by whom", () => {
  const kinds = {
    happened_at: "datetime",
    item: "choice",
    mg: "number",
    people: "number",
    agreed: "yesno",
    vomited: "yesno",
    sign: "signature",
    note: "text",
  };
  const values = {
    happened_at: "2027-01-12T19:20:00Z",
    item: "Film",
    mg: "16",
    people: 0,
    agreed: false,
    vomited: true,
    sign: { status: "signed", name: "Rosa" },
    note: "Cannot be the fifth",
  };
  assert.equal(said("dose", kinds, values), "Film · 16 mg · People at home 0");
  assert.equal(said("dose", kinds, { vomited: true, agreed: false }), "Vomited");
  assert.equal(said("dose", kinds, { agreed: false, note: "" }), "");
});

test("long words are cut, line breaks are not kept", () => {
  const words = said("narrative", { text: "text" }, { text: `Found sitting,\nawake. ${"x".repeat(200)}` });
  assert.match(words, /^Found sitting, awake\. x+…$/);
  assert.ok(words.length <= 81);
});

test("a person is worded by their name", () => {
  const kinds = { first_name: "text", last_name: "text", preferred_name: "text", identity: "choice" };
  const person = { identity: "known", first_name: "Rosa", last_name: "Quintero", preferred_name: "" };
  assert.equal(said("person", kinds, person), "Rosa Quintero");
  assert.equal(said("person", kinds, { ...person, preferred_name: "Rosie" }), "Rosie Quintero");
  assert.equal(said("person", kinds, { identity: "unknown" }), "");
});

test("vital signs are worded as the server words them", () => {
  const values = { hr: "112", rr: 14, spo2: "93", sbp: 118, dbp: "", glucose: "140", glucose_word: "high" };
  assert.equal(said("vitals", {}, values), "BP 118/–, HR 112, RR 14, SpO2 93%, glucose high");
  assert.equal(said("vitals", {}, {}), "");
});

test("a questionnaire is worded by its score, and by why it was not asked", () => {
  const cows = JSON.parse(readFileSync("mih/instruments/definitions/cows.v1.json", "utf8")) as {
    items: { key: string; options?: { value: Json }[] }[];
  };
  const answers = Object.fromEntries(
    cows.items
      .filter(({ options }) => options?.length)
      .map(({ key, options }) => [key, options?.[0]?.value ?? 0]),
  );
  const [first = "", ...rest] = Object.keys(answers);
  assert.match(said("cows", {}, answers, cows), /^\d+ \(.+\)$/);
  assert.equal(said("cows", {}, { [first]: answers[first] ?? 0 }, cows), "not finished");
  assert.ok(rest.length > 5);
  assert.equal(said("cows", {}, {}, cows), "");
  assert.equal(said("cows", {}, { outcome: "refused", ...answers }, cows), "refused");
});
