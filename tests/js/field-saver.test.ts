/** What the tablet promises about saving, with a server that refuses, vanishes and comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answer,
  backoff,
  type FieldState,
  type Patch,
  type Received,
  Saver,
  type State,
} from "../../static/src/field/saver.ts";
import type { Json, Values } from "../../static/src/field/values.ts";

const RECORD = "00000000-0000-7000-8000-000000000001";
const NOW = new Date("2027-01-12T19:20:00Z");

/** A saver with a timetable that runs when told, and a server that answers from a list, else keeps what it gets. */
class Bench {
  readonly patches: Patch[] = [];
  readonly answers: ((patch: Patch) => Answer | Promise<Answer>)[] = [];
  readonly fields = new Map<string, [FieldState, string]>();
  stored: Values = {};
  version = 0;
  state: State = "idle";
  sentence = "";
  private readonly planned: { work: () => void; at: number }[] = [];
  readonly delays: number[] = [];
  readonly saver: Saver;

  constructor(values: Values = {}, stamped = true) {
    this.stored = { ...values };
    this.saver = new Saver({
      url: "/patches/",
      send: async (url, body) => {
        if (url !== "/patches/") return { kind: "ok", body: null };
        const patch = structuredClone(body) as Patch;
        this.patches.push(patch);
        return (this.answers.shift() ?? ((one) => this.take(one)))(patch);
      },
      now: () => NOW,
      later: (work, milliseconds) => {
        this.delays.push(milliseconds);
        this.planned.push({ work, at: milliseconds });
      },
      onState: (state, { sentence }) => {
        this.state = state;
        this.sentence = sentence;
      },
      onField: (_record, field, state, sentence) => this.fields.set(field, [state, sentence]),
      onSaved: () => {},
    });
    this.saver.open({ form: "vitals", record: RECORD, version: 0, values, stamped });
  }

  take(patch: Patch): Answer {
    for (const [field, change] of Object.entries(patch.changes)) this.stored[field] = change.value;
    this.version += 1;
    const body: Received = {
      version: this.version,
      values: { ...this.stored },
      clashes: [],
      received_at: NOW.toISOString(),
    };
    return { kind: "ok", body };
  }

  type(field: string, value: Json): void {
    this.saver.edit(RECORD, field, value);
  }

  /** Runs what is planned until nothing more happens. */
  async run(): Promise<void> {
    while (this.planned.length > 0) {
      for (const { work } of this.planned.splice(0)) work();
      await new Promise((next) => setImmediate(next));
    }
  }
}

const refused = (fields: Record<string, string>, code = "invalid_value"): Answer => ({
  kind: "refused",
  code,
  sentence: Object.values(fields)[0] ?? "No.",
  fields,
});

test("several answers travel together, each with the value it started from", async () => {
  const bench = new Bench({ hr: 80, rr: null });
  bench.type("hr", "112");
  bench.type("rr", "16");
  assert.equal(bench.state, "saving");
  await bench.run();
  assert.equal(bench.patches.length, 1);
  assert.deepEqual(bench.patches[0]?.changes, {
    hr: { base: 80, value: "112" },
    rr: { base: null, value: "16" },
  });
  assert.equal(bench.patches[0]?.happened_at, NOW.toISOString());
  assert.equal(bench.state, "saved");
  assert.equal(bench.saver.hasUnsaved, false);
});

test("a form that asks for its time is not given one", async () => {
  const bench = new Bench({}, false);
  bench.type("mg", "16");
  await bench.run();
  assert.equal(bench.patches[0]?.happened_at, null);
});

test("typing back what stood there sends nothing", async () => {
  const bench = new Bench({ hr: 80 });
  bench.type("hr", "81");
  bench.type("hr", "80");
  await bench.run();
  assert.equal(bench.patches.length, 0);
});

test("typing on while a save is under way starts from what was sent", async () => {
  const bench = new Bench({ text: "" });
  bench.answers.push((patch) => {
    bench.type("text", "One. Two.");
    return bench.take(patch);
  });
  bench.type("text", "One.");
  await bench.run();
  assert.deepEqual(bench.patches[1]?.changes, { text: { base: "One.", value: "One. Two." } });
  assert.equal(bench.patches[1]?.base_version, 1);
  assert.equal(bench.stored.text, "One. Two.");
});

test("no answer: sent again as it was, later each time, and then saved", async () => {
  const bench = new Bench();
  bench.answers.push(
    () => ({ kind: "unsure" }),
    () => {
      assert.equal(bench.state, "waiting");
      return { kind: "unsure" };
    },
  );
  bench.type("hr", "112");
  await bench.run();
  assert.equal(bench.patches.length, 3);
  assert.equal(new Set(bench.patches.map((patch) => JSON.stringify(patch))).size, 1);
  assert.ok(bench.delays.includes(backoff(0)) && bench.delays.includes(backoff(1)));
  assert.equal(bench.state, "saved");
});

test("waiting grows from a second to a minute", () => {
  assert.deepEqual([0, 1, 2, 5, 6, 60].map(backoff), [1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
});

test("a refused value stays with its sentence; the others are saved", async () => {
  const bench = new Bench();
  bench.answers.push(() => refused({ hr: "Heart rate 701 cannot be." }));
  bench.type("hr", "701");
  bench.type("rr", "16");
  await bench.run();
  assert.deepEqual(bench.stored, { rr: "16" });
  assert.deepEqual(bench.fields.get("hr"), ["refused", "Heart rate 701 cannot be."]);
  assert.deepEqual(bench.fields.get("rr"), ["", ""]);
  assert.deepEqual([bench.state, bench.sentence], ["attention", "Heart rate 701 cannot be."]);
  assert.deepEqual(bench.saver.unsaved(RECORD), { hr: "701" });
  bench.type("hr", "112");
  await bench.run();
  assert.deepEqual(bench.stored, { rr: "16", hr: "112" });
  assert.equal(bench.state, "saved");
});

test("a record refused as a whole keeps its typing and goes on at the next answer or at a tap", async () => {
  const bench = new Bench();
  const no = "No dose may be given now.";
  bench.answers.push(
    () => ({ kind: "refused", code: "not_eligible", sentence: no, fields: { COWS_MISSING: "Score COWS." } }),
    () => ({ kind: "refused", code: "not_eligible", sentence: no, fields: {} }),
  );
  bench.type("mg", "16");
  await bench.run();
  assert.deepEqual([bench.state, bench.sentence], ["attention", no]);
  assert.deepEqual(bench.saver.unsaved(RECORD), { mg: "16" });
  bench.saver.retry();
  await bench.run();
  assert.equal(bench.state, "attention");
  bench.type("note", "Order on the line");
  await bench.run();
  assert.deepEqual(bench.stored, { mg: "16", note: "Order on the line" });
});

test("signed out: nothing is sent again until somebody is back, and then as it was", async () => {
  const bench = new Bench();
  bench.answers.push(() => ({ kind: "signed_out" }));
  bench.type("hr", "112");
  await bench.run();
  assert.equal(bench.state, "signed_out");
  bench.type("rr", "16");
  await bench.run();
  assert.equal(bench.patches.length, 1);
  bench.saver.retry();
  await bench.run();
  assert.equal(bench.patches[1]?.id, bench.patches[0]?.id);
  assert.deepEqual(bench.stored, { hr: "112", rr: "16" });
});

test("turning to another form and back shows what is not saved yet", async () => {
  const bench = new Bench({ hr: null });
  bench.answers.push(() => refused({ hr: "No." }));
  bench.type("hr", "701");
  await bench.run();
  bench.saver.open({ form: "vitals", record: RECORD, version: 0, values: { hr: null }, stamped: true });
  assert.deepEqual(bench.saver.unsaved(RECORD), { hr: "701" });
  assert.deepEqual(bench.saver.refusals(RECORD), { hr: "No." });
});

test("settled waits for the answer and tells whether all is saved", async () => {
  const bench = new Bench();
  bench.type("hr", "112");
  const settled = bench.saver.settled();
  await bench.run();
  assert.equal(await settled, true);
  bench.answers.push(() => refused({ hr: "No." }));
  bench.type("hr", "701");
  const again = bench.saver.settled();
  await bench.run();
  assert.equal(await again, false);
});

test("whatever the server does, nothing typed is lost and nothing is applied twice", async () => {
  let seed = 20_270_112;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 200; round += 1) {
    const bench = new Bench();
    const applied = new Set<string>();
    const typed: Values = {};
    const receive = (patch: Patch): Answer => {
      if (applied.has(patch.id)) {
        const body = {
          version: bench.version,
          values: { ...bench.stored },
          clashes: [],
          received_at: NOW.toISOString(),
        };
        return { kind: "ok", body };
      }
      applied.add(patch.id);
      return bench.take(patch);
    };
    for (let step = 0; step < 30; step += 1) {
      const luck = random(5);
      if (luck === 0) bench.answers.push(() => ({ kind: "unsure" }));
      else if (luck === 1) {
        bench.answers.push((patch) => {
          receive(patch); // it arrived, and the answer did not come back
          return { kind: "unsure" };
        });
      } else bench.answers.push(receive);
      const field = `f${random(4)}`;
      typed[field] = `v${random(1_000)}`;
      bench.type(field, typed[field] ?? null);
      if (random(3) === 0) await bench.run();
    }
    while (bench.saver.hasUnsaved) {
      bench.answers.splice(0, bench.answers.length, receive, receive, receive);
      bench.saver.flush();
      await bench.run();
    }
    assert.deepEqual(bench.stored, typed);
  }
});
