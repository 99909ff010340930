/** What stands above and below the fields of a form: clashes, gaps, other entries, why it can only be read. */
import { uuid7 } from "../../lib/uuid7.ts";
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { FormFragment } from "../app.ts";
import { icon, make, need, slot } from "../shell/fill.ts";
import type { LocalEntry } from "../store/index.ts";
import { bring } from "./bring.ts";
import { conflictCard } from "./conflict-card.ts";
import { entriesOf, gapsLeft } from "./forms.ts";
import { fullMoment } from "./moments.ts";
import type { Scene } from "./scene.ts";

/** Draws it anew. `settled`: conflicts settled on this page that the store may still show. */
export function around(
  scene: Scene,
  fragment: FormFragment,
  record: string,
  writable: boolean,
  entry: LocalEntry | undefined,
  settled: ReadonlySet<string>,
): void {
  const { main, app, response } = scene;
  const { key } = fragment;
  const line = scene.bundle.forms[key];
  const open = response.conflicts.filter(
    (one) => one.form === key && one.entry === record && !settled.has(one.id),
  );
  const conflicts = slot(main, "conflicts");
  if (conflicts.dataset.shown !== open.map(({ id }) => id).join()) {
    conflicts.dataset.shown = open.map(({ id }) => id).join();
    conflicts.replaceChildren(
      ...open.map((one) => conflictCard(app, one, narrative(fragment, one.field), writable)),
    );
  }
  const change = need<HTMLAnchorElement>(main, "[data-change-person]");
  change.hidden = !(key === "person" && writable);
  change.href = `#/whom/${scene.encounter}`;
  const chips = need(main, "[data-entries]");
  chips.hidden = !line?.repeatable;
  if (line?.repeatable) drawEntries(chips, scene, key, record, line.add_label, writable);
  drawGaps(slot(main, "gaps"), scene, key);
  slot(main, "foot").hidden =
    !writable || !entry || ["person", "contact", "approach"].includes(key) || entry.frozen;
  const note = slot(main, "read_only");
  const why = writable ? "" : whyNot(scene, key, entry);
  note.hidden = why === "";
  if (note.dataset.why === why) return;
  note.dataset.why = why;
  note.replaceChildren(icon("lock"), ` ${why}`);
  if (response.signed_at || response.signing) {
    const link = make("a", "", "Open the signed record");
    link.href = `#/record/${scene.encounter}`;
    note.append(" ", link);
  }
}

/** Why a form can only be read, and what to do; "" where another window of this tablet holds it, which says so itself. */
function whyNot({ response, today, app }: Scene, key: string, entry: LocalEntry | undefined): string {
  if (response.signed_at)
    return `Signed by ${response.signed_by ?? ""}, ${fullMoment(response.signed_at, app.zone)}. What is learned later is added as an addendum.`;
  if (response.signing) return "Signed on this tablet. What is learned later is added as an addendum.";
  if (entry?.frozen)
    return "Signed. Once the whole response is signed, what is learned later is added as an addendum.";
  if (!today.forms[key])
    return "This tablet has not fetched yet what your role fills in. Connect to a network once, signed in: this form then opens for writing by itself.";
  if (!today.forms[key].write)
    return "Your role reads this section; a member of the crew whose role writes it fills it in.";
  return response.writable
    ? ""
    : "You are not on the crew of this response. Ask whoever leads it to add you under “Response and crew”.";
}

function narrative(fragment: FormFragment, field: string): boolean {
  return (
    fragment.kinds[field] === "text" && new RegExp(`<textarea[^>]*name="${field}"`, "i").test(fragment.html)
  );
}

function drawEntries(
  chips: HTMLElement,
  scene: Scene,
  key: string,
  record: string,
  label: string,
  writable: boolean,
): void {
  const entries = entriesOf(scene.response, key);
  const made: HTMLElement[] = entries.map((entry) => {
    const chip = make("a", "entry-chip");
    chip.href = `#/r/${scene.encounter}/${key}/${entry.record}`;
    chip.dataset.entry = entry.record;
    if (entry.record === record) chip.setAttribute("aria-current", "true");
    const at = new Date(entry.happened_at ?? entry.recorded_at);
    chip.append(
      make("strong", "", Number.isNaN(at.getTime()) ? "" : hoursAndMinutes(at, scene.app.zone)),
      " ",
      make("span", "", entry.summary),
    );
    return chip;
  });
  if (!entries.some((entry) => entry.record === record)) {
    const fresh = make("span", "entry-chip entry-new");
    fresh.setAttribute("aria-current", "true");
    fresh.append(icon("plus"), " New entry");
    made.push(fresh);
  }
  if (writable) {
    const another = make("a", "btn btn-outline-primary");
    const there = chips.querySelector<HTMLAnchorElement>("[data-add-entry]")?.getAttribute("href");
    another.href = there ?? `#/r/${scene.encounter}/${key}/${uuid7()}`;
    another.dataset.addEntry = "";
    another.append(icon("plus"), ` ${label || "Add another"}`);
    made.push(another);
  }
  bring(chips, made);
}

function drawGaps(place: HTMLElement, scene: Scene, key: string): void {
  const gaps = gapsLeft(scene.response).filter(({ form }) => form === key);
  const blocking = gaps.filter((gap) => gap.blocking).length;
  const advice = gaps.length - blocking;
  const open = place.querySelector("details")?.open ?? false;
  place.replaceChildren();
  if (gaps.length === 0) return;
  const box = make("details", "gaps");
  box.id = "gaps";
  box.open = open;
  Object.assign(box.dataset, { missing: String(blocking), advice: String(advice) });
  const words = [
    blocking > 0 ? `${blocking} ${blocking === 1 ? "thing" : "things"} missing here before signing` : "",
    advice > 0 ? `${advice} ${advice === 1 ? "piece" : "pieces"} of advice` : "",
  ];
  const head = make("summary");
  head.append(icon(blocking > 0 ? "alert" : "info"), ` ${words.filter(Boolean).join(", and ")}`);
  const list = make("ul", "mb-0");
  list.append(...gaps.map((gap) => make("li", "", `${gap.blocking ? "" : "Advice: "}${gap.sentence}`)));
  box.append(head, list);
  place.append(box);
}
