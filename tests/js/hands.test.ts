import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const page = new EventTarget();
Object.assign(globalThis, { document: page });
const { handsOff } = await import("../../static/src/lib/hands.ts");

const touch = (kind: string, pointerId: number): boolean =>
  page.dispatchEvent(Object.assign(new Event(kind), { pointerId }));

/** Whether what was waited for has come by now. */
async function came(waiting: Promise<void>): Promise<boolean> {
  let done = false;
  void waiting.then(() => {
    done = true;
  });
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return done;
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("with no finger on the screen nothing waits", async () => {
  assert.equal(await came(handsOff()), true);
});

test("a swap waits for the finger to go up and for the click that follows it", async () => {
  touch("pointerdown", 1);
  const swap = handsOff();
  assert.equal(await came(swap), false);
  touch("pointerup", 1);
  mock.timers.tick(99);
  assert.equal(await came(swap), false);
  mock.timers.tick(1);
  assert.equal(await came(swap), true);
  assert.equal(await came(handsOff()), true);
});

test("of two fingers the last one counts, and a scroll ends a touch", async () => {
  touch("pointerdown", 1);
  touch("pointerdown", 2);
  const swap = handsOff();
  touch("pointerup", 1);
  mock.timers.tick(100);
  assert.equal(await came(swap), false);
  touch("pointercancel", 2);
  mock.timers.tick(100);
  assert.equal(await came(swap), true);
});

test("a finger that never goes up holds nothing for longer than three seconds", async () => {
  touch("pointerdown", 3);
  const swap = handsOff();
  mock.timers.tick(2_999);
  assert.equal(await came(swap), false);
  mock.timers.tick(1);
  assert.equal(await came(swap), true);
  assert.equal(await came(handsOff()), true);
});

test("a finger that came down meanwhile is not taken for the lost one", async () => {
  touch("pointerdown", 4);
  const first = handsOff();
  mock.timers.tick(2_900);
  touch("pointerdown", 5);
  mock.timers.tick(100);
  assert.equal(await came(first), true);
  assert.equal(await came(handsOff()), false);
  touch("pointerup", 5);
  mock.timers.tick(100);
});
