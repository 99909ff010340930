/** `#/whom/<encounter>`: whom the response is for; `#/whom/<encounter>/new` adds somebody never seen before. */
import { send } from "../../field/api.ts";
import type { Json, Values } from "../../field/values.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import type { App, Leave } from "../app.ts";
import { icon, make, need, slot } from "../shell/fill.ts";
import { onceRecord } from "../store/index.ts";
import { keeping, keepOn } from "./begun.ts";
import { dateWords } from "./moments.ts";
import { filled, plainForm } from "./plain-form.ts";
import { Scene } from "./scene.ts";

interface Known {
  readonly id: string;
  readonly name: string;
  readonly line: string;
}

export async function whom(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const [encounter = "", what = ""] = params;
  const scene = await Scene.open(outlet, encounter, app, "person");
  if (!scene) return () => {};
  return what === "new" ? addPerson(scene) : choose(scene);
}

function choose(scene: Scene): Leave {
  const { main, app, response, encounter } = scene;
  main.replaceChildren(app.part("whom"));
  const now = slot(main, "now");
  now.hidden = response.person === null;
  now.replaceChildren(
    icon("info"),
    ` Now: ${response.person?.name ?? ""}. Choosing somebody else moves this response to them.`,
  );
  const cases = scene.today.cases
    .map(({ person, why }) => ({ id: person.id, name: person.name, line: why }))
    .filter(({ id }) => id !== response.person?.id);
  slot(main, "known").hidden = cases.length === 0;
  need(main, "[data-known]").append(...cases.map((one) => slip(scene, one, forgotten(scene))));
  need<HTMLAnchorElement>(main, "[data-add-person]").href = `#/whom/${encounter}/new`;
  const keep = need<HTMLAnchorElement>(main, "[data-keep-person]");
  keep.hidden = response.person === null;
  keep.href = `#/r/${encounter}/person`;
  keep.textContent = `Keep ${response.person?.name ?? ""}`;
  need<HTMLFormElement>(main, "[data-find-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = need<HTMLInputElement>(main, "#find-text").value.trim();
    void find(scene, text);
  });
  return () => scene.end();
}

let searches = 0;

async function find(scene: Scene, text: string): Promise<void> {
  const found = slot(scene.main, "found");
  const turn = ++searches;
  if (text === "") {
    found.textContent = "Type part of a name, an alias, a phone number or a date of birth.";
    return;
  }
  found.textContent = "Searching…";
  const answer = await send("/api/people/search/", { text });
  if (turn !== searches || !found.isConnected) return;
  if (answer.kind !== "ok") {
    found.textContent =
      answer.kind === "refused"
        ? answer.sentence
        : "The search needs the server, which cannot be reached or wants you to sign in. Choose one of today's cases, or add the person as new: whoever keeps the records joins the two later.";
    return;
  }
  const people = answer.body as { [key: string]: Json }[];
  const slips = make("div", "slips");
  slips.append(...people.map((person) => slip(scene, knownOf(person), forgotten(scene))));
  found.replaceChildren(
    make(
      "p",
      "text-body-secondary",
      people.length > 0
        ? `${people.length} found`
        : "Nobody found. Try part of the name, an alias, or the last four digits of a phone number; or add a new person.",
    ),
    slips,
  );
  found.firstElementChild?.setAttribute("data-found-count", String(people.length));
}

function knownOf(person: { [key: string]: Json }): Known {
  const born = String(person.birth_date ?? "");
  const about = String(person.estimated_age ?? "");
  const age = born ? `born ${dateWords(born)}` : about ? `about ${about}` : "age not known";
  const words = [age, String(person.sex ?? ""), String(person.place_note ?? "")];
  return { id: String(person.id), name: String(person.name), line: words.filter(Boolean).join(" · ") };
}

const forgotten =
  ({ app, encounter }: Scene) =>
  (): Promise<void> =>
    app.user.begun.drop(`person/${encounter}`);

/** `used`: what was typed of somebody new is not wanted any more. */
function slip(scene: Scene, known: Known, used: () => Promise<void>): HTMLElement {
  const made = make("div", "slip person-card");
  made.dataset.personCard = known.id;
  const body = make("div", "slip-body");
  body.append(make("span", "slip-title", known.name), make("span", "slip-line", known.line));
  const use = make("button", "btn btn-primary", "Use this person");
  use.type = "button";
  use.dataset.usePerson = "";
  use.addEventListener("click", async () => {
    await scene.commit({ type: "encounter.person", payload: { person: known.id, name: known.name } });
    await used();
    scene.go(`#/r/${scene.encounter}/person`);
  });
  made.append(body, use);
  return made;
}

async function addPerson(scene: Scene): Promise<Leave> {
  const { main, app, encounter } = scene;
  const fragment = await app.form("new_person");
  const kept = await keeping<Values>(app, `person/${encounter}`, () => {
    const typed = plain.changed();
    return Object.keys(typed).length > 0 ? typed : null;
  });
  main.replaceChildren(app.part("new_person"));
  const form = need<HTMLFormElement>(main, "[data-new-person]");
  const plain = plainForm(
    need(form, "fieldset.answers"),
    fragment,
    {},
    scene.today,
    app.zone,
    kept.before ?? {},
  );
  keepOn(form, kept.touch);
  need<HTMLAnchorElement>(main, "[data-back]").href = `#/whom/${encounter}`;
  let added = false;
  let asked = false;
  let left = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (added) return;
    const button = need<HTMLButtonElement>(form, "[data-save-person]");
    const details = plain.read();
    if (!asked) {
      button.disabled = true;
      const similar = await doubles(details);
      button.disabled = false;
      if (left) return;
      asked = true;
      if (similar.length > 0) {
        showSimilar(scene, form, similar, kept.done);
        button.textContent = "None of these: add as new";
        return;
      }
    }
    if (added) return;
    added = true;
    try {
      await create(scene, details);
    } catch (fault) {
      added = false;
      const problem = need(form, ":scope > [data-error]");
      problem.hidden = false;
      problem.textContent = `Not saved yet. ${fault instanceof Error ? fault.message : String(fault)}`;
      return;
    }
    await kept.done();
    scene.go(`#/r/${encounter}/person`);
  });
  return async () => {
    left = true;
    await kept.close();
    scene.end();
  };
}

/** The short form's other name travels with the person; the phone stands on a form of its own, to be seen and signed. */
async function create(scene: Scene, values: Values): Promise<void> {
  const { phone, ...details } = filled(values);
  await scene.commit({ type: "person.create", record: uuid7(), payload: { details, aliases: [] } });
  const contact = scene.bundle.forms.contact;
  if (!phone || !contact) return;
  await scene.commit({
    type: "draft.patch",
    record: await onceRecord(scene.encounter, "contact"),
    form: { key: "contact", sha: contact.sha },
    payload: { changes: { phone: { base: "", value: phone } }, base_version: 0, happened_at: null },
  });
}

/** People the server knows who may be the same; none without a signal. */
async function doubles(values: Values): Promise<Known[]> {
  const asked = ["first_name", "last_name", "preferred_name", "birth_date", "phone"];
  const given = Object.fromEntries(asked.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
  if (Object.keys(given).length === 0) return [];
  const answer = await Promise.race([
    send("/api/people/similar/", given),
    new Promise<null>((done) => window.setTimeout(() => done(null), 3_000)),
  ]);
  return answer?.kind === "ok" ? (answer.body as { [key: string]: Json }[]).map(knownOf) : [];
}

function showSimilar(
  scene: Scene,
  form: HTMLElement,
  similar: readonly Known[],
  used: () => Promise<void>,
): void {
  const section = make("section", "similar");
  section.setAttribute("role", "alert");
  section.dataset.similar = String(similar.length);
  const words =
    similar.length === 1
      ? "Somebody already known may be this person"
      : "People already known may be this person";
  const head = make("h2", "h5");
  head.append(icon("alert"), ` ${words}`);
  const slips = make("div", "slips");
  slips.append(...similar.map((one) => slip(scene, one, used)));
  section.append(head, slips);
  form.before(section);
  section.scrollIntoView({ block: "nearest" });
}
