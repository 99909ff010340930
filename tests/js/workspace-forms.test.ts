/** What the tablet says of a response by itself: the rail, what is missing, and the text a signature stands for. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Bundle, FormFragment, FormLine } from "../../static/src/tablet/app.ts";
import type { LocalEntry, LocalResponse, Today } from "../../static/src/tablet/store/records.ts";
import { firstToFill, gapsLeft, rail } from "../../static/src/tablet/workspace/forms.ts";
import { contextOf } from "../../static/src/tablet/workspace/judge.ts";
import { seen } from "../../static/src/tablet/workspace/seen.ts";

const ENCOUNTER = "00000000-0000-7000-8000-00000000000e";

function line(title: string, more: Partial<FormLine> = {}): FormLine {
  return {
    sha: `${title}-sha`,
    version: 1,
    title,
    group: "Medical",
    order: 10,
    icon: "activity",
    section: "assessment",
    repeatable: false,
    segment: "general",
    programmes: [],
    add_label: "",
    offered: true,
    ...more,
  };
}

const bundle: Bundle = {
  sha: "bundle",
  groups: ["Person", "Medical", "Close"],
  forms: {
    narrative: line("Narrative", { group: "Close" }),
    vitals: line("Vital signs", { repeatable: true }),
    medical: line("Medical assessment", { order: 20 }),
    kit: line("Kit", { programmes: ["CRT"] }),
    old: line("Withdrawn", { offered: false }),
    secret: line("Not for this role"),
  },
};

const rights = { read: true, write: true, sign: true, withheld: [] };
const today = {
  forms: {
    narrative: rights,
    vitals: rights,
    medical: { ...rights, write: false },
    kit: rights,
    old: rights,
    secret: { ...rights, read: false },
  },
} as unknown as Today;

function entry(form: string, record: string, more: Partial<LocalEntry> = {}): LocalEntry {
  return {
    form,
    record,
    version: 1,
    values: {},
    base: {},
    status: "draft",
    frozen: false,
    author: { id: "me", name: "Pat" },
    happened_at: null,
    recorded_at: "2027-01-12T19:20:00Z",
    summary: "",
    pending: [],
    refused: {},
    local: false,
    begun: null,
    ...more,
  };
}

function response(more: Partial<LocalResponse> = {}): LocalResponse {
  return {
    id: ENCOUNTER,
    version: 1,
    programme: "ART",
    writable: true,
    signing: null,
    signed_at: null,
    person: { id: "p", name: "Rosa" },
    context: {},
    times: [],
    entries: [],
    gaps: [],
    alarms: [],
    conflicts: [],
    ...more,
  } as unknown as LocalResponse;
}

const gap = (form: string, field: string, record: string | null = null) => ({
  form,
  field,
  record,
  sentence: `${field} is missing.`,
  blocking: true,
  code: "missing",
});

test("the rail has this program's forms that the role reads, in the order of the groups", () => {
  const stretches = rail(bundle, today, response(), []);
  assert.deepEqual(
    stretches.map(({ title, stops }) => [title, stops.map(({ key }) => key)]),
    [
      ["Medical", ["vitals", "medical"]],
      ["Close", ["narrative"]],
    ],
  );
});

test("a withdrawn form is shown while the response holds an entry of it", () => {
  const held = response({ entries: [entry("old", "r1", { values: { text: "x" } })] });
  const keys = rail(bundle, today, held, []).flatMap(({ stops }) => stops.map(({ key }) => key));
  assert.ok(keys.includes("old"));
});

test("each form says what is gravest: an alarm, what is missing, then how far it is", () => {
  const state = (more: Partial<LocalResponse>, waiting: { form: string; level: string }[] = []): string =>
    rail(bundle, today, response(more), waiting)
      .flatMap(({ stops }) => stops)
      .find(({ key }) => key === "vitals")?.state ?? "";
  const filled = entry("vitals", "r1", { values: { hr: 80 } });
  assert.equal(state({}), "empty");
  assert.equal(state({ entries: [entry("vitals", "r1")] }), "started");
  assert.equal(state({ entries: [filled] }), "done");
  assert.equal(state({ entries: [filled], gaps: [gap("vitals", "rr", "r1")] }), "missing");
  assert.equal(
    state({ entries: [filled], gaps: [gap("vitals", "rr", "r1")] }, [{ form: "vitals", level: "red" }]),
    "alarm",
  );
  assert.equal(state({ entries: [entry("vitals", "r1", { frozen: true, values: { hr: 80 } })] }), "signed");
});

test("a form nobody may write here is not the one to begin with, and nothing is written once it is signed here", () => {
  assert.equal(firstToFill(rail(bundle, today, response(), [])), "vitals");
  const signed = response({ signing: { mid: "m", at: new Date(), received: false } });
  assert.ok(rail(bundle, today, signed, []).every(({ stops }) => stops.every(({ writable }) => !writable)));
});

test("what the server missed is no longer missing once it is filled in here, and is again once emptied", () => {
  const gaps = [gap("vitals", "rr", "r1"), gap("times", "cleared_at"), gap("narrative", "text")];
  const left = (more: Partial<LocalResponse>): string[] =>
    gapsLeft(response({ gaps, ...more })).map(({ field }) => field);
  assert.deepEqual(left({}), ["rr", "cleared_at", "text"]);
  const typed = entry("vitals", "r1", { values: { rr: 14 }, pending: ["rr"] });
  const cleared = [{ field: "cleared_at", label: "Clear", at: "2027-01-12T19:20:00Z" }];
  assert.deepEqual(left({ entries: [typed], times: cleared }), ["text"]);
  const received = entry("vitals", "r1", { values: { rr: 14 } });
  assert.deepEqual(
    left({ entries: [received], times: cleared }),
    ["text"],
    "the server has not looked since",
  );
  const judged = entry("vitals", "r1", { values: { rr: 14 }, base: { rr: 14 } });
  assert.deepEqual(left({ entries: [judged], times: cleared }), ["rr", "text"], "it asks for another value");
  assert.deepEqual(left({ entries: [entry("vitals", "r1", { values: { rr: "" }, pending: ["rr"] })] }), [
    "rr",
    "cleared_at",
    "text",
  ]);
});

test("a signature stands for what is filled and for what was emptied, and carries its digest", async () => {
  const form = { kinds: { hr: "number", rr: "number", note: "text" } } as unknown as FormFragment;
  const one = entry("vitals", "r1", {
    values: { hr: "112", rr: "", note: "", derived: 7 },
    base: { rr: 14, note: "" },
  });
  const times = [{ field: "on_scene_at", label: "On scene", at: "2027-01-12T19:20:00Z" }];
  const { text, sha256 } = await seen(response({ times }), [{ entry: one, form }]);
  assert.deepEqual(JSON.parse(text), {
    entries: { r1: { form: "vitals", values: { hr: "112", rr: "" } } },
    times: { on_scene_at: "2027-01-12T19:20:00Z" },
    person: "p",
  });
  assert.equal(sha256, createHash("sha256").update(text).digest("hex"));
});

test("scoring knows of the person what was learned here since the last fetch", () => {
  const learned = response({
    context: { age: 20, pregnant: false },
    entries: [
      entry("person", "p", { values: { sex: "female", birth_date: "1990-05-04" } }),
      entry("medical", "m", { values: { pregnant: true } }),
      entry("vitals", "v1", { values: { hr: "88" } }),
      entry("vitals", "v2", { values: { hr: "" } }),
    ],
  });
  assert.deepEqual(contextOf(learned, new Date("2027-05-03T12:00:00")), {
    age: 36,
    pregnant: true,
    sex: "female",
    hr: 88,
  });
});
