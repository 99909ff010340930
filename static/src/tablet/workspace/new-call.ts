/** `#/new` starts a response to a call that dispatch has not logged, `#/new/<call>` to one it has. */
import { now } from "../../field/clock.ts";
import type { Values } from "../../field/values.ts";
import { uuid7 } from "../../lib/uuid7.ts";
import type { App, Leave } from "../app.ts";
import { make, need, slot } from "../shell/fill.ts";
import type { Choice, Today } from "../store/index.ts";
import { keeping, keepOn } from "./begun.ts";
import { filled, plainForm } from "./plain-form.ts";
import { Wording } from "./words.ts";

/** Words and choices of a call that is not started yet. */
interface BegunCall {
  readonly values: Values;
  readonly who: Responding;
}

export async function newCall(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const today = await app.user.today();
  const call = params[0] ?? "";
  if (call !== "") {
    await begin(app, { id: call }, "scene", defaults(app, today));
    return () => {};
  }
  const fragment = await app.form("new_call");
  const kept = await keeping<BegunCall>(app, "new", () => {
    const values = plain.changed();
    return Object.keys(values).length > 0 ? { values, who: who() } : null;
  });
  outlet.replaceChildren(app.part("new_call"));
  const form = need<HTMLFormElement>(outlet, "[data-call-form]");
  const place = need(form, "fieldset.answers");
  const plain = plainForm(place, fragment, { modality: "scene" }, today, app.zone, kept.before?.values);
  const who = whoResponds(outlet, app, today, kept.before?.who ?? defaults(app, today));
  keepOn(form, kept.touch);
  let started = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (started) return;
    const { modality, ...details } = plain.read();
    const chosen = who();
    if (chosen.programme === "") {
      const problem = need(form, ":scope > [data-error]");
      problem.hidden = false;
      problem.textContent = "Choose the program this response belongs to.";
      need<HTMLDetailsElement>(outlet, "#new-who-change").open = true;
      return;
    }
    started = true;
    const title = new Wording(fragment, today.options, app.zone).say("call_type", details.call_type ?? null);
    const incident = { id: uuid7(), ...called(filled(details)) };
    try {
      await begin(app, incident, String(modality || "scene"), chosen, title);
    } catch (fault) {
      started = false;
      const problem = need(form, ":scope > [data-error]");
      problem.hidden = false;
      problem.textContent = `Not started yet. ${fault instanceof Error ? fault.message : String(fault)}`;
      return;
    }
    await kept.done();
  });
  need(outlet, "h1").focus({ preventScroll: true });
  return () => kept.close();
}

interface Responding {
  readonly programme: string;
  readonly unit: string | null;
  readonly crew: readonly string[];
}

/** A call without a time was received now. */
function called(details: Values): Values {
  return { called_at: now().toISOString(), ...details };
}

/** `title` names the response on this tablet until the server does. */
async function begin(
  app: App,
  incident: Values,
  modality: string,
  { programme, unit, crew }: Responding,
  title = "",
): Promise<void> {
  const encounter = uuid7();
  await app.user.commit({
    type: "encounter.create",
    encounter,
    payload: { incident, programme, unit, crew, modality, title, begun_at: now().toISOString() },
  });
  // Going back must not start another response.
  history.replaceState(null, "", `#/r/${encounter}`);
  app.go(`#/r/${encounter}`);
}

function colleagues(app: App, today: Today): Choice[] {
  return (today.options.staff ?? []).filter(({ value }) => value !== app.user.staff.username);
}

/** Program, unit and crew of the shift; without one, the person's own program. */
function defaults(app: App, today: Today): Responding {
  const { shift } = today;
  const aboard = new Set(shift?.crew ?? []);
  return {
    programme: shift?.programme ?? app.user.staff.programme ?? today.programmes[0]?.code ?? "",
    unit: shift?.unit ?? null,
    crew: colleagues(app, today)
      .filter(
        ({ value, label }) => aboard.has(value) || aboard.has(label) || aboard.has(label.split(",")[0] ?? ""),
      )
      .map(({ value }) => value),
  };
}

/** Draws who responds; gives back what is chosen. */
function whoResponds(outlet: HTMLElement, app: App, today: Today, start: Responding): () => Responding {
  const programme = need<HTMLSelectElement>(outlet, "#new-programme");
  const unit = need<HTMLSelectElement>(outlet, "#new-unit");
  for (const { code, name } of today.programmes) programme.add(new Option(name, code));
  if (start.programme !== "" && !today.programmes.some(({ code }) => code === start.programme))
    programme.add(new Option(start.programme, start.programme));
  programme.value = start.programme;
  unit.add(new Option("No unit", ""));
  for (const { call_sign } of today.units) unit.add(new Option(call_sign, call_sign));
  if (start.unit && !today.units.some(({ call_sign }) => call_sign === start.unit))
    unit.add(new Option(start.unit, start.unit));
  unit.value = start.unit ?? "";
  const crew = slot(outlet, "crew");
  for (const { value, label } of colleagues(app, today)) {
    const box = make("input", "btn-check");
    Object.assign(box, { type: "checkbox", value, id: `crew-${value}`, autocomplete: "off" });
    box.checked = start.crew.includes(value);
    const words = make("label", "btn btn-choice", label);
    words.htmlFor = box.id;
    crew.append(box, words);
  }
  const read = (): Responding => ({
    programme: programme.value,
    unit: unit.value || null,
    crew: Array.from(crew.querySelectorAll<HTMLInputElement>("input:checked"), ({ value }) => value),
  });
  const say = (): void => {
    const { unit: sign, crew: beside } = read();
    const names = beside.map(
      (name) => colleagues(app, today).find(({ value }) => value === name)?.label ?? name,
    );
    const parts = [
      programme.selectedOptions[0]?.textContent ?? "",
      sign ?? "no unit",
      app.user.staff.name,
      ...names,
    ];
    slot(outlet, "defaults").textContent = parts.filter(Boolean).join(" · ");
  };
  need(outlet, "#new-who-change").addEventListener("change", say);
  say();
  return read;
}
