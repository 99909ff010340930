/** `#/record/<encounter>`: the record as signed, what became of the signature, and what is added afterwards. */
import { isEmpty, type Json } from "../../field/values.ts";
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { App, Leave } from "../app.ts";
import { mountAttachments } from "../attachments/strip.ts";
import { icon, make, need, slot } from "../shell/fill.ts";
import type { UnsentItem } from "../store/index.ts";
import { keeping, keepOn } from "./begun.ts";
import { fullMoment, momentWords } from "./moments.ts";
import { drawRecord, shownEntries } from "./record-view.ts";
import { Scene } from "./scene.ts";
import { tasks } from "./standing.ts";
import { Wording } from "./words.ts";

interface BegunAddendum {
  readonly text: string;
  readonly reason: string;
}

export async function record(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const [encounter = ""] = params;
  const scene = await Scene.open(outlet, encounter, app);
  if (!scene) return () => {};
  scene.main.replaceChildren(app.part("record"));
  scene.root.querySelector(".workspace-columns")?.classList.add("workspace-signed");
  for (const part of [slot(scene.root, "rail"), need(scene.root, "[data-times]"), need(scene.root, "#bell")])
    part.hidden = true;
  const form = need<HTMLFormElement>(scene.main, "[data-addendum-form]");
  const text = need<HTMLTextAreaElement>(form, "#addendum-text");
  const reason = need<HTMLInputElement>(form, "#addendum-reason");
  const kept = await keeping<BegunAddendum>(app, `addendum/${encounter}`, () =>
    text.value || reason.value ? { text: text.value, reason: reason.value } : null,
  );
  text.value = kept.before?.text ?? "";
  reason.value = kept.before?.reason ?? "";
  keepOn(form, kept.touch);
  let from: UnsentItem | null = null;
  let adding = false;

  const draw = async (): Promise<void> => {
    drawStanding(scene);
    drawRecord(slot(scene.main, "record"), scene, await shownEntries(scene));
    drawAddenda(scene);
    const unsent = await app.user.unsent();
    // The server has said that it is signed, even where this tablet has not fetched the signature yet.
    const late = unsent.some((item) => item.encounter === encounter && item.state === "frozen");
    form.hidden = !(scene.response.signed_at || scene.response.signing || late);
    await drawTasks(scene, unsent, (item, words) => {
      from = item;
      text.value = words;
      reason.value ||= "Typed after the record was signed";
      kept.touch();
      text.scrollIntoView({ block: "center" });
      text.focus();
    });
  };
  scene.changed = () => void draw();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = need(form, "[data-error]");
    problem.hidden = !isEmpty(text.value.trim()) && !isEmpty(reason.value.trim());
    problem.textContent = "Write what is added, and why.";
    if (!problem.hidden) return;
    const payload = {
      text: text.value.trim(),
      reason: reason.value.trim(),
      form: from?.form ?? "",
      entry: from?.record ?? null,
    };
    const answered = from;
    if (adding) return;
    adding = true;
    try {
      await scene.commit({ type: "record.addendum", record: encounter, payload });
    } catch (fault) {
      problem.hidden = false;
      problem.textContent = `Not added yet. ${fault instanceof Error ? fault.message : String(fault)}`;
      return;
    } finally {
      adding = false;
    }
    text.value = "";
    reason.value = "";
    from = null;
    if (answered) await app.user.dismiss(answered.mid);
    kept.touch();
    app.announce("Added to the record on this tablet.");
    await scene.refresh();
  });
  await draw();
  const photos = await mountAttachments(slot(scene.main, "photos"), {
    app,
    encounter,
    titleOf: (form) => scene.bundle.forms[form]?.title ?? "",
  });
  need(scene.main, "h1").focus({ preventScroll: true });
  return async () => {
    await photos();
    await kept.close();
    scene.end();
  };
}

function drawStanding(scene: Scene): void {
  const { response, app } = scene;
  slot(scene.main, "title").textContent = response.signed_at || response.signing ? "Signed record" : "Record";
  const signed = slot(scene.main, "signed");
  signed.hidden = !(response.signed_at || response.signing);
  if (response.signed_at) {
    signed.dataset.signed = "received";
    signed.replaceChildren(
      icon("signature"),
      ` Received and signed by ${response.signed_by ?? ""}, ${fullMoment(response.signed_at, app.zone)}. It no longer changes.`,
    );
  } else if (response.signing?.received) {
    const { staff } = app.user;
    signed.dataset.signed = "received";
    signed.replaceChildren(
      icon("signature"),
      ` Received and signed by ${staff.signature_name || staff.name}, ${fullMoment(response.signing.at.toISOString(), app.zone)}. It no longer changes.`,
    );
  } else if (response.signing) {
    signed.dataset.signed = "here";
    signed.replaceChildren(
      icon("signature"),
      ` Signed on this tablet ${hoursAndMinutes(response.signing.at, app.zone)}, not yet received.`,
    );
  }
}

function drawAddenda(scene: Scene): void {
  const place = slot(scene.main, "addenda");
  const all = scene.response.addenda.map((added) => {
    const made = make("article", "addendum");
    made.dataset.addendum = String(added.id ?? "");
    const text = make("p", "mb-1", String(added.text ?? ""));
    text.style.whiteSpace = "pre-line";
    const words = [who(added.by), momentWords(String(added.at ?? ""), scene.app.zone)]
      .filter(Boolean)
      .join(", ");
    const waits = added.local === true ? " · not yet received" : "";
    made.append(text, make("p", "record-by", `${words} · ${added.reason ?? ""}${waits}`));
    return made;
  });
  place.replaceChildren(...(all.length > 0 ? all : [make("p", "text-body-secondary", "None.")]));
}

function who(by: Json | undefined): string {
  if (by !== null && typeof by === "object" && !Array.isArray(by)) return String(by.name ?? "");
  return String(by ?? "");
}

/** What was typed after the signature, and what the server said of a signature. */
async function drawTasks(
  scene: Scene,
  unsent: readonly UnsentItem[],
  offer: (item: UnsentItem, words: string) => void,
): Promise<void> {
  const mine = unsent.filter(({ encounter }) => encounter === scene.encounter);
  const made: HTMLElement[] = [];
  for (const item of mine) {
    if (item.type === "record.sign")
      for (const sentence of tasks(item)) {
        const line = make("p", "review-refusal");
        line.append(icon("alert"), ` ${sentence}`);
        made.push(line);
      }
    if (item.state === "frozen" && item.type === "draft.patch") made.push(await late(scene, item, offer));
  }
  if (mine.some((item) => item.type === "record.sign" && tasks(item).length > 0)) {
    const back = make("a", "btn btn-primary btn-lg", "Read it again and sign");
    back.href = `#/review/${scene.encounter}`;
    made.push(back);
  }
  slot(scene.main, "tasks").replaceChildren(...made);
}

/** A change that came after the signature: it never changes the record, it can be added to it. */
async function late(
  scene: Scene,
  item: UnsentItem,
  offer: (item: UnsentItem, words: string) => void,
): Promise<HTMLElement> {
  const form = await scene.form(item.form ?? "");
  const wording = new Wording(form, scene.today.options, scene.app.zone);
  const lines = Object.entries(item.changes).map(
    ([field, value]) => `${wording.label(field)}: ${wording.say(field, value) || "emptied"}`,
  );
  const words = `${form.title}. ${lines.join("\n")}`;
  const card = make("section", "conflict late-edit");
  card.dataset.late = item.mid;
  const head = make("h2", "h6");
  head.append(icon("lock"), ` Typed after the record was signed: ${form.title}`);
  const text = make("p", "", lines.join("\n"));
  text.style.whiteSpace = "pre-line";
  const button = make("button", "btn btn-primary", "Send as addendum");
  button.type = "button";
  button.dataset.asAddendum = "";
  button.addEventListener("click", () => offer(item, words));
  card.append(
    head,
    text,
    make(
      "p",
      "text-body-secondary",
      "It is not in the record. A signed record never changes; it can be added to.",
    ),
    button,
  );
  return card;
}
