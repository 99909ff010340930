/** An entry is shown on the form it was begun on, or the screen says that it is not. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { App, Bundle, FormFragment } from "../../static/src/tablet/app.ts";
import { formOf } from "../../static/src/tablet/workspace/versions.ts";

const NEW = "a".repeat(64);
const OLD = "b".repeat(64);
const bundle = {
  forms: {
    cows: { sha: NEW, instrument: 2, before: { "1": OLD } },
    narrative: { sha: NEW },
  },
} as unknown as Bundle;

/** A tablet that holds these forms. */
function tablet(...held: string[]): Pick<App, "form"> {
  return {
    form: async (name) => {
      const sha = name in bundle.forms ? NEW : name;
      if (!held.includes(sha)) throw new Error("This form is not on the tablet yet.");
      return { sha } as FormFragment;
    },
  };
}

/** What the service worker keeps. */
function keep(...shas: string[]): void {
  const urls = shas.map((sha) => ({ url: `https://mih.example/field/forms/${sha}/` }));
  Object.assign(globalThis, {
    caches: { keys: async () => ["mih-forms"], open: async () => ({ keys: async () => urls }) },
  });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, "caches");
});

test("a questionnaire begun under an earlier version is shown on that version, with a word of it", async () => {
  const found = await formOf(tablet(NEW, OLD), bundle, { form: "cows", begun: null, instrument: 1 });
  assert.equal(found.form.sha, OLD);
  assert.match(found.note, /earlier version/);
  const now = await formOf(tablet(NEW, OLD), bundle, { form: "cows", begun: null, instrument: 2 });
  assert.deepEqual([now.form.sha, now.note], [NEW, ""]);
});

test("an earlier version that is not held gives way to the newest, and the screen says so", async () => {
  for (const version of [1, 7]) {
    const found = await formOf(tablet(NEW), bundle, { form: "cows", begun: null, instrument: version });
    assert.equal(found.form.sha, NEW);
    assert.match(found.note, /does not hold/);
  }
});

test("an entry begun here goes by the digest it was begun with, as long as the form is kept", async () => {
  const begun = { form: "narrative", begun: OLD.slice(0, 8) };
  keep(NEW, OLD);
  assert.equal((await formOf(tablet(NEW, OLD), bundle, begun)).form.sha, OLD);
  keep(NEW);
  const gone = await formOf(tablet(NEW), bundle, begun);
  assert.equal(gone.form.sha, NEW);
  assert.match(gone.note, /does not hold/);
  const fresh = await formOf(tablet(NEW), bundle, { form: "narrative", begun: NEW.slice(0, 8) });
  assert.deepEqual([fresh.form.sha, fresh.note], [NEW, ""]);
});

test("without the newest form there is none", async () => {
  await assert.rejects(formOf(tablet(), bundle, { form: "narrative", begun: null }));
});
