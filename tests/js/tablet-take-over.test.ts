/** A newer version takes over only where nobody can lose a word by it, and never later than the next such moment. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { startWorker } from "../../static/src/tablet/shell/worker.ts";
import type { State, Tablet } from "../../static/src/tablet/store/types.ts";

class FakeWorker {
  readonly told: unknown[] = [];
  postMessage(message: unknown): void {
    this.told.push(message);
  }
}

class FakeRegistration extends EventTarget {
  waiting: FakeWorker | null = null;
  installing = null;
  async update(): Promise<void> {}
}

class FakeContainer extends EventTarget {
  controller: object | null = {};
  readonly registration = new FakeRegistration();
  async register(): Promise<FakeRegistration> {
    return this.registration;
  }
}

let reloads = 0;
let container: FakeContainer;
let state: State;
let calm: boolean;
let look: () => void;

beforeEach(() => {
  reloads = 0;
  container = new FakeContainer();
  state = "received";
  calm = true;
  Object.defineProperty(navigator, "serviceWorker", { value: container, configurable: true });
  Object.assign(globalThis, {
    window: { setInterval: () => 0 },
    location: {
      reload: () => {
        reloads += 1;
      },
    },
  });
});

/** The page's side, with a newer version waiting. */
async function started(): Promise<FakeWorker> {
  const tablet = {
    status: () => ({ state }),
    on: (event: string, listen: () => void) => {
      if (event === "status") look = listen;
      return () => {};
    },
  } as unknown as Tablet;
  await startWorker(
    tablet,
    () => calm,
    () => {},
  );
  const worker = new FakeWorker();
  container.registration.waiting = worker;
  return worker;
}

const takesOver = () => container.dispatchEvent(new Event("controllerchange"));

test("a waiting version is let in while the tablet is locked, and the page loads anew", async () => {
  const worker = await started();
  look();
  assert.deepEqual(worker.told, [{ type: "take-over" }]);
  takesOver();
  assert.equal(reloads, 1);
});

test("nothing is let in while somebody is at work, while words are under way or in memory alone", async () => {
  const worker = await started();
  for (const [quiet, now] of [
    [false, "received"],
    [true, "saving"],
    [true, "sending"],
    [true, "memory"],
  ] as const) {
    [calm, state] = [quiet, now];
    look();
  }
  assert.deepEqual(worker.told, []);
});

test("one that takes over just after an unlock waits for the next lock, and for words in memory", async () => {
  await started();
  look();
  calm = false;
  takesOver();
  assert.equal(reloads, 0, "somebody is at work");
  [calm, state] = [true, "memory"];
  look();
  assert.equal(reloads, 0, "their words are in this page alone");
  state = "received";
  look();
  assert.equal(reloads, 1);
});

test("a page that did not ask stays as it is: another page of the tablet did", async () => {
  await started();
  takesOver();
  look();
  assert.equal(reloads, 0);
});
