/** The 90-second card from this tablet's store: the same parts, order and words as the server's page. */
import type { App, Screen } from "../../app.ts";
import type { AssignedCase, Json } from "../../store/index.ts";
import { fill, make, need, row, slot } from "../fill.ts";
import { clockWords, dayWords, momentWords } from "../moments.ts";

type Part = Readonly<Record<string, Json>>;

export const cardScreen: Screen = async (outlet, params, app) => {
  const today = await app.user.today();
  const found = today.cases.find((each) => each.person.id === params[0]);
  if (!found) {
    outlet.replaceChildren(app.part("missing"));
    return () => {};
  }
  outlet.replaceChildren(app.part("card"));
  fillCard(outlet, found, app);
  if (today.fetchedAt) slot(outlet, "fresh").textContent = `· as of ${clockWords(today.fetchedAt, app.zone)}`;
  const officer = (shown: boolean): void => {
    need(outlet, "[data-officer-note]").hidden = !shown;
    need(outlet, "[data-not-for-officer]").hidden = shown;
    need(outlet, "[data-for-officer]").hidden = shown;
    need(outlet, "[data-part=risk]").hidden = shown || slot(outlet, "risk").childElementCount === 0;
  };
  need(outlet, "[data-for-officer]").addEventListener("click", () => officer(true));
  need(outlet, "[data-whole]").addEventListener("click", () => officer(false));
  return () => {};
};

function fillCard(outlet: HTMLElement, found: AssignedCase, app: App): void {
  const { person } = found;
  const card = found.card ?? {};
  const zone = app.zone;
  fill(outlet, {
    name: person.name,
    line: [text(person.age) || "Age not known", text(person.sex), text(person.pronouns)]
      .filter(Boolean)
      .join(" · "),
    safety_note: text(card.safety_note),
    told: told(card, zone),
    no_card: found.card ? "" : "Your role does not use this card. Ask a member of the crew.",
  });
  need(outlet, ".door-first").hidden = found.card === null;
  need(outlet, "[data-for-officer]").hidden = found.card === null;
  need(outlet, "[data-part=safety_note]").hidden = text(card.safety_note) === "";
  risk(outlet, card, zone);
  for (const name of ["helps", "escalates", "needs"]) {
    lines(
      outlet,
      name,
      strings(card[name]).map((line) => make("li", "", line)),
    );
  }
  plan(outlet, card, zone);
  part(outlet, card, "doses", (dose) =>
    item(text(dose.medicine), text(dose.amount), `${momentWords(text(dose.at), zone)} · ${text(dose.by)}`),
  );
  part(outlet, card, "follow_ups", (each) => {
    const line = item(text(each.label), text(each.window), text(each.who));
    if (each.overdue === true) line.prepend(row(outlet, "overdue"), " ");
    return line;
  });
  part(outlet, card, "contacts", (each) => {
    const line = make("li", "", text(each.words));
    line.append(
      make("span", "small muted d-block", `${momentWords(text(each.at), zone)} · ${text(each.by)}`),
    );
    return line;
  });
  const open = need<HTMLAnchorElement>(outlet, "[data-open-response]");
  open.hidden = found.response === null;
  if (found.response) open.href = `#/r/${found.response}`;
  need(outlet, "[data-start-response]").hidden = found.response !== null;
}

function risk(outlet: HTMLElement, card: Part, zone: string): void {
  const found = card.risk as Part | undefined;
  const tier = text(found?.tier);
  const place = need(outlet, "[data-part=risk]");
  place.hidden = !["high", "moderate", "low", "none"].includes(tier);
  if (place.hidden) return;
  slot(outlet, "risk").replaceChildren(row(outlet, `risk-${tier}`));
  slot(outlet, "risk_at").textContent = momentWords(text(found?.at), zone);
}

function plan(outlet: HTMLElement, card: Part, zone: string): void {
  if (!("safety_plan" in card)) return;
  const found = card.safety_plan as Part | null;
  need(outlet, "[data-part=plan]").hidden = false;
  slot(outlet, "plan_when").textContent = dayWords(text(found?.made_at), zone);
  const steps = (found?.steps as Part[] | undefined) ?? [];
  lines(
    outlet,
    "plan",
    steps.map((step) => {
      const block = make("div");
      const said = make("dd");
      said.append(...strings(step.lines).map((line) => make("span", "", line)));
      block.append(make("dt", "", text(step.title)), said);
      return block;
    }),
  );
}

function part(outlet: HTMLElement, card: Part, name: string, line: (row: Part) => HTMLElement): void {
  const rows = card[name];
  if (!Array.isArray(rows)) return;
  need(outlet, `[data-part=${name}]`).hidden = false;
  lines(
    outlet,
    name,
    rows.map((each) => line(each as Part)),
  );
}

function lines(outlet: HTMLElement, name: string, made: readonly HTMLElement[]): void {
  const list = need(outlet, `[data-lines=${name}]`);
  list.replaceChildren(...made);
  list.hidden = made.length === 0;
  need(list.parentElement ?? outlet, "[data-none]").hidden = made.length > 0;
}

function item(strong: string, rest: string, small: string): HTMLElement {
  const line = make("li");
  line.append(make("strong", "", strong), ` ${rest}`, make("span", "small muted d-block", small));
  return line;
}

function told(card: Part, zone: string): string {
  const by = text(card.told_by);
  const on = text(card.told_on);
  if (by === "") return "";
  const noon = on.length === 10 ? `${on}T12:00:00Z` : on;
  return `Told by ${by}${on ? `, ${dayWords(noon, zone)}` : ""}.`;
}

function text(value: Json | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
