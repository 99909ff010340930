/** `#/r/<encounter>/<form>/<record?>`: one form of a response. */
import { now } from "../../field/clock.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import type { App, Leave } from "../app.ts";
import { mountAttachments } from "../attachments/strip.ts";
import { need, slot } from "../shell/fill.ts";
import { onceRecord } from "../store/index.ts";
import { type OpenForm, openForm } from "./form-area.ts";
import { entriesOf, firstToFill } from "./forms.ts";
import { Keeper } from "./keeper.ts";
import { besideForm } from "./live.ts";
import { Scene } from "./scene.ts";

export async function workspace(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const [encounter = "", wanted = "", named = ""] = params;
  const [key = "", query = ""] = wanted.split("?");
  const [record = "", more = ""] = named.split("?");
  const scene = await Scene.open(outlet, encounter, app, key);
  if (!scene) return () => {};
  if (scene.response.signed_at || scene.response.signing) {
    scene.end();
    scene.go(`#/record/${encounter}`);
    return () => {};
  }
  const form = key || (scene.response.person ? firstToFill(scene.stretches) : "person");
  if (form !== key) {
    scene.current = form;
    scene.draw();
  }
  if (needsPerson(scene, form)) {
    scene.main.replaceChildren(app.part("needs_person"));
    need<HTMLAnchorElement>(scene.main, "[data-find-person]").href = `#/whom/${encounter}`;
    return () => scene.end();
  }
  return open(scene, form, record, new URLSearchParams(query || more).get("field") ?? "");
}

/** Tells the status place whether something typed is not kept yet. */
function tell(waiting: boolean): void {
  document.dispatchEvent(new CustomEvent("mih:typing", { detail: { waiting } }));
}

/** Forms about the person themselves wait until the response names one. */
function needsPerson(scene: Scene, form: string): boolean {
  return scene.response.person === null && scene.bundle.forms[form]?.section === "demographics";
}

/** The record a form stands at: the one asked for, the latest entry, or a new one. */
async function recordOf(scene: Scene, form: string, record: string): Promise<string> {
  if (record !== "") return record;
  const entries = entriesOf(scene.response, form);
  const latest = entries.at(-1);
  if (latest) return latest.record;
  if (form === "person" && scene.response.person) return scene.response.person.id;
  if (scene.bundle.forms[form]?.repeatable) return uuid7();
  return once(scene, form);
}

/** One that was taken out here keeps its record; the next one counts on, as the server does. */
async function once(scene: Scene, form: string): Promise<string> {
  const unsent = await scene.app.user.unsent();
  const out = new Set(unsent.flatMap(({ type, record }) => (type === "draft.discard" ? [record] : [])));
  let record = scene.response.once[form] ?? (await onceRecord(scene.encounter, form));
  for (let removed = 1; out.has(record); removed += 1)
    record = await onceRecord(scene.encounter, form, removed);
  return record;
}

async function open(scene: Scene, form: string, asked: string, field: string): Promise<Leave> {
  const { app } = scene;
  const author = app.user.staff.id;
  const record = await recordOf(scene, form, asked);
  const begun = scene.response.entries.find((entry) => entry.form === form && entry.record === record);
  const { form: fragment, note } = begun
    ? await scene.formOf(begun)
    : { form: await app.form(form), note: "" };
  let shown: OpenForm | null = null;
  const keeper = new Keeper({
    encounter: scene.encounter,
    // Tried again after a lock, words stay their author's, whoever unlocks the tablet meanwhile.
    commit: async (change) => {
      if (app.user.staff.id !== author) throw new Error("Somebody else has unlocked this tablet.");
      return app.user.commit(change);
    },
    shaOf: () => fragment.sha,
    now,
    later: (work, milliseconds) => window.setTimeout(work, milliseconds),
    onField: (where, name, state, sentence) => {
      if (where === record) shown?.sheet.mark(name, state, sentence);
    },
    onSaved: (where, received) => {
      if (where === record) shown?.sheet.saved(received);
    },
    onWaiting: tell,
    onTrouble: (sentence) => scene.trouble(sentence),
  });
  shown = openForm({ scene, keeper, fragment, record, version: note });
  const current = shown;
  scene.changed = () => current.update();

  const hold = await app.user.hold(`draft:${record}`);
  const held = slot(scene.main, "held");
  const mine = (writing: boolean): void => {
    held.hidden = writing;
    current.allow(writing);
  };
  mine(hold.mine);
  hold.onLost(() => {
    current.sheet.commit();
    keeper.flush();
    mine(false);
  });
  need(held, "[data-take-over]").addEventListener("click", async () => {
    await hold.takeOver();
    await scene.refresh();
    mine(true);
  });

  const beside = besideForm(scene, current, keeper);
  const keepAll = (): void => {
    current.sheet.commit();
    keeper.flush();
  };
  // What is typed is not kept until the pause is over and the store has answered: the status says so meanwhile.
  let pause = 0;
  const typing = (): void => {
    tell(true);
    window.clearTimeout(pause);
    pause = window.setTimeout(() => tell(keeper.waiting), keeper.pause + 50);
  };
  const hidden = (): void => {
    if (document.visibilityState === "hidden") keepAll();
  };
  current.form.addEventListener("input", typing);
  document.addEventListener("visibilitychange", hidden);
  window.addEventListener("pagehide", keepAll);
  const attachments = await mountAttachments(slot(scene.main, "attachments"), {
    app,
    encounter: scene.encounter,
    of: { form: { key: form, sha: fragment.sha }, record },
    writable: () => current.writable,
  });
  if (field === "" || !current.sheet.focusField(field))
    scene.main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });

  return async () => {
    document.removeEventListener("visibilitychange", hidden);
    window.removeEventListener("pagehide", keepAll);
    window.clearTimeout(pause);
    current.sheet.commit();
    await keeper.settled();
    tell(keeper.waiting);
    hold.release();
    beside.end();
    await attachments();
    scene.end();
  };
}
