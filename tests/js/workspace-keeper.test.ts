/** What the tablet promises about keeping: every answer is committed once, in order, and none is let go of unkept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldState } from "../../static/src/field/saving.ts";
import type { Json, Values } from "../../static/src/field/values.ts";
import type { Mutation, Saved } from "../../static/src/tablet/store/types.ts";
import { Keeper } from "../../static/src/tablet/workspace/keeper.ts";

const RECORD = "00000000-0000-7000-8000-000000000001";
const ENCOUNTER = "00000000-0000-7000-8000-00000000000e";
const NOW = new Date("2027-01-12T19:20:00Z");

interface Change {
  readonly base: Json;
  readonly value: Json;
}
interface Payload {
  readonly changes: Readonly<Record<string, Change>>;
  readonly base_version: number;
  readonly happened_at: string | null;
}

/** A store that keeps what it is given, unless told to fail or to wait. */
class Bench {
  readonly payloads: Payload[] = [];
  readonly planned: (() => void)[] = [];
  readonly fields = new Map<string, [FieldState, string]>();
  readonly waiting: boolean[] = [];
  trouble = "";
  failing = 0;
  gate: Promise<void> = Promise.resolve();
  busy = 0;
  most = 0;
  readonly keeper = new Keeper({
    encounter: ENCOUNTER,
    commit: (change) => this.commit(change),
    shaOf: () => "abcd1234",
    now: () => NOW,
    later: (work) => this.planned.push(work),
    onField: (_record, field, state, sentence) => this.fields.set(field, [state, sentence]),
    onSaved: () => {},
    onWaiting: (waiting) => this.waiting.push(waiting),
    onTrouble: (sentence) => {
      this.trouble = sentence;
    },
  });

  constructor(values: Values = {}, stamped = true) {
    this.keeper.open({ form: "vitals", record: RECORD, version: 0, values, stamped });
  }

  async commit(change: Mutation): Promise<Saved> {
    this.busy += 1;
    this.most = Math.max(this.most, this.busy);
    await this.gate;
    this.busy -= 1;
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error("The store is full.");
    }
    assert.equal(change.type, "draft.patch");
    assert.equal(change.encounter, ENCOUNTER);
    assert.deepEqual(change.form, { key: "vitals", sha: "abcd1234" });
    this.payloads.push(change.payload as Payload);
    return { mid: String(this.payloads.length), seq: this.payloads.length, at: NOW, durable: true };
  }

  run(): void {
    for (const work of this.planned.splice(0)) work();
  }
}

test("answers of one moment travel together, each with the value it started from", async () => {
  const bench = new Bench({ hr: "80" });
  bench.keeper.edit(RECORD, "hr", "112");
  bench.keeper.edit(RECORD, "rr", "22");
  assert.equal(bench.payloads.length, 0);
  assert.ok(await bench.keeper.settled());
  assert.deepEqual(bench.payloads, [
    {
      changes: { hr: { base: "80", value: "112" }, rr: { base: null, value: "22" } },
      base_version: 0,
      happened_at: NOW.toISOString(),
    },
  ]);
});

test("the next change starts from what was kept last", async () => {
  const bench = new Bench();
  bench.keeper.edit(RECORD, "hr", "112");
  await bench.keeper.settled();
  bench.keeper.edit(RECORD, "hr", "110");
  await bench.keeper.settled();
  assert.deepEqual(bench.payloads[1]?.changes, { hr: { base: "112", value: "110" } });
});

test("what is typed while something is being kept waits its turn and is kept", async () => {
  const bench = new Bench();
  let open = (): void => {};
  bench.gate = new Promise((done) => {
    open = done;
  });
  bench.keeper.edit(RECORD, "hr", "112");
  bench.run();
  bench.keeper.edit(RECORD, "hr", "11");
  bench.keeper.edit(RECORD, "hr", "115");
  assert.deepEqual(bench.keeper.unsaved(RECORD), { hr: "115" });
  assert.ok(bench.keeper.waiting);
  open();
  assert.ok(await bench.keeper.settled());
  assert.deepEqual(
    bench.payloads.map(({ changes }) => changes.hr),
    [
      { base: null, value: "112" },
      { base: "112", value: "115" },
    ],
  );
  assert.equal(bench.most, 1);
  assert.equal(bench.waiting.at(-1), false);
});

test("a store that fails keeps the words here, says so, and gets them again", async () => {
  const bench = new Bench();
  bench.failing = 1;
  bench.keeper.edit(RECORD, "hr", "112");
  assert.equal(await bench.keeper.settled(), false);
  assert.equal(bench.trouble, "The store is full.");
  assert.deepEqual(bench.keeper.unsaved(RECORD), { hr: "112" });
  bench.run();
  assert.ok(await bench.keeper.settled());
  assert.equal(bench.trouble, "");
  assert.deepEqual(bench.payloads[0]?.changes, { hr: { base: null, value: "112" } });
});

test("typing a value and taking it back keeps nothing", async () => {
  const bench = new Bench({ hr: 80 });
  bench.keeper.edit(RECORD, "hr", "81");
  bench.keeper.edit(RECORD, "hr", "80");
  assert.ok(await bench.keeper.settled());
  assert.equal(bench.payloads.length, 0);
  assert.deepEqual(bench.fields.get("hr"), ["", ""]);
});

test("a refused value stays with its sentence until another is entered", async () => {
  const bench = new Bench();
  bench.keeper.refuse(RECORD, { hr: "A heart rate of 900 cannot be." }, { hr: "900" });
  assert.deepEqual(bench.fields.get("hr"), ["refused", "A heart rate of 900 cannot be."]);
  assert.deepEqual(bench.keeper.unsaved(RECORD), { hr: "900" });
  assert.deepEqual(bench.keeper.refusals(RECORD), { hr: "A heart rate of 900 cannot be." });
  bench.keeper.edit(RECORD, "hr", "90");
  await bench.keeper.settled();
  assert.deepEqual(bench.keeper.refusals(RECORD), {});
  bench.keeper.refuse(RECORD, {}, { hr: "90" });
  assert.deepEqual(bench.fields.get("hr"), ["", ""]);
});

test("a form that asks for the time itself sends none of its own", async () => {
  const bench = new Bench({}, false);
  bench.keeper.edit(RECORD, "mg", "16");
  await bench.keeper.settled();
  assert.equal(bench.payloads[0]?.happened_at, null);
});

test("any order of typing and keeping ends with the last words kept, and every change starts from the one before", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const bench = new Bench();
    let state = seed;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const last: Values = {};
    for (let step = 0; step < 30; step += 1) {
      const field = ["hr", "rr", "note"][random(3)] as string;
      const value = String(random(4));
      if (random(10) === 0) bench.failing = 1;
      bench.keeper.edit(RECORD, field, value);
      last[field] = value;
      if (random(3) === 0) bench.run();
      if (random(4) === 0) await Promise.resolve();
      if (random(6) === 0) await bench.keeper.settled();
    }
    bench.failing = 0;
    while (!(await bench.keeper.settled())) bench.run();
    const kept: Values = {};
    for (const { changes } of bench.payloads)
      for (const [field, change] of Object.entries(changes)) {
        assert.deepEqual(change.base, kept[field] ?? null, `seed ${seed}`);
        kept[field] = change.value;
      }
    assert.deepEqual(kept, last, `seed ${seed}`);
  }
});
