/** What the shell says of saving and sending, and which PINs it takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginLimits, learnLimits, limits } from "../../static/src/tablet/shell/limits.ts";
import { clockWords, momentWords } from "../../static/src/tablet/shell/moments.ts";
import type { PageData } from "../../static/src/tablet/shell/page.ts";
import { pinFault } from "../../static/src/tablet/shell/screens/setup.ts";
import { hashOf } from "../../static/src/tablet/shell/screens/unsent.ts";
import { whyWaiting } from "../../static/src/tablet/shell/sending.ts";
import { ageOf, countWords, wordsOf } from "../../static/src/tablet/shell/status.ts";
import type { Status, UnsentItem } from "../../static/src/tablet/store/types.ts";

const ZONE = "America/Chicago";
const AT = new Date("2027-01-12T20:03:00Z");
const NOW = new Date("2027-01-12T20:10:00Z");

const calm: Status = {
  state: "idle",
  at: null,
  pending: 0,
  attention: 0,
  oldest: null,
  nextTryAt: null,
  reason: "",
  progress: null,
  signedOut: false,
  network: "ok",
};

beginLimits({ idleSeconds: 120, hiddenSeconds: 30, amberHours: 2, redHours: 12 } as PageData);

const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

test("the words mean exactly what happened", () => {
  const said = (state: Status["state"], more: Partial<Status> = {}): string =>
    wordsOf({ ...calm, state, at: AT, ...more }, ZONE);
  assert.equal(said("saving"), "Saving…");
  assert.equal(said("saved"), "Saved on this tablet 14:03");
  assert.equal(said("sending"), "Sending…");
  assert.equal(said("received"), "Received 14:03");
  assert.equal(said("attention", { attention: 2 }), "Needs attention (2)");
  assert.equal(said("memory"), "Not saved – keep this screen open");
});

test("nothing is called received while something waits", () => {
  for (const state of ["idle", "saving", "saved", "sending", "memory"] as const) {
    assert.doesNotMatch(wordsOf({ ...calm, state, at: AT, pending: 3 }, ZONE), /received/i);
  }
});

test("unsent work ages by the policy", () => {
  assert.equal(ageOf(null, NOW), "fresh");
  assert.equal(ageOf(hoursAgo(2), NOW), "fresh");
  assert.equal(ageOf(hoursAgo(2.01), NOW), "amber");
  assert.equal(ageOf(hoursAgo(12.01), NOW), "red");
  assert.equal(countWords(3, hoursAgo(1), NOW), "3 not sent");
  assert.equal(countWords(3, hoursAgo(14), NOW), "3 not sent · oldest 14 h");
  learnLimits({ tablet: { unsent_amber_hours: 1, idle_seconds: 60, hidden_seconds: "soon" } });
  assert.equal(ageOf(hoursAgo(1.5), NOW), "amber");
  assert.equal(limits.idleSeconds, 60);
  assert.equal(limits.hiddenSeconds, 30);
});

test("why it waits, or how far it is", () => {
  const waiting = {
    ...calm,
    pending: 40,
    reason: "No network.",
    nextTryAt: new Date(NOW.getTime() + 40_000),
  };
  assert.equal(whyWaiting(waiting, NOW), "No network. Next try in 40 s.");
  assert.equal(whyWaiting({ ...waiting, progress: { done: 12, of: 40 } }, NOW), "Sending: 12 of 40.");
  assert.equal(whyWaiting({ ...waiting, pending: 0 }, NOW), "");
});

test("a PIN that anybody would try is refused", () => {
  for (const weak of ["", "12345", "000000", "111111", "123456", "654321", "3456789"]) {
    assert.notEqual(pinFault(weak), "", weak);
  }
  for (const fine of ["482916", "730518", "112233", "1357924"]) assert.equal(pinFault(fine), "", fine);
});

test("times carry the day once it is another", () => {
  assert.equal(clockWords(AT, ZONE, NOW), "14:03");
  assert.equal(momentWords(AT, ZONE, NOW), "today 14:03");
  assert.equal(momentWords("2027-01-11T20:03:00Z", ZONE, NOW), "Mon, Jan 11, 14:03");
  assert.equal(momentWords("2026-01-11T20:03:00Z", ZONE, NOW), "Sun, Jan 11 2026, 14:03");
  assert.equal(momentWords("soon", ZONE, NOW), "");
});

test("each unsent item leads to where its author deals with it", () => {
  const item = { encounter: "e", record: "r", form: "vitals", state: "attention" } as UnsentItem;
  assert.equal(hashOf(item), "#/r/e/vitals/r");
  assert.equal(hashOf({ ...item, form: null }), "#/r/e");
  assert.equal(hashOf({ ...item, state: "conflict" }), "#/review/e");
  assert.equal(hashOf({ ...item, state: "frozen" }), "#/record/e");
  assert.equal(hashOf({ ...item, encounter: null }), "");
});
