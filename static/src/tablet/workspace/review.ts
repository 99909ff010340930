/** `#/review/<encounter>`: everything as it will be signed, what is missing, and the signature. */
import { dialog, open } from "../../field/dialogs.ts";
import { handsOff } from "../../lib/hands.ts";
import type { App, Leave } from "../app.ts";
import { mountAttachments } from "../attachments/strip.ts";
import { icon, make, need, slot, turnIcon } from "../shell/fill.ts";
import type { UnsentItem } from "../store/index.ts";
import { momentWords } from "./moments.ts";
import { drawRecord, type ShownEntry, shownEntries } from "./record-view.ts";
import { Scene } from "./scene.ts";
import { seen } from "./seen.ts";
import { type Need, needs } from "./standing.ts";

export async function review(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const [encounter = ""] = params;
  const scene = await Scene.open(outlet, encounter, app);
  if (!scene) return () => {};
  if (scene.response.signed_at || scene.response.signing) {
    scene.end();
    scene.go(`#/record/${encounter}`);
    return () => {};
  }
  scene.main.replaceChildren(app.part("review"));
  let shown: ShownEntry[] = [];
  let turn = 0;
  // What is signed is what stands on the screen: both change at once, and an older drawing never overtakes a newer one.
  const draw = async (): Promise<void> => {
    const mine = ++turn;
    const entries = await shownEntries(scene);
    const unsent = await app.user.unsent();
    await handsOff();
    if (mine !== turn) return;
    if (scene.response.signed_at) return scene.go(`#/record/${encounter}`);
    shown = entries;
    const left = needs(scene, shown, unsent);
    drawNeeds(scene, left);
    drawRecord(slot(scene.main, "record"), scene, shown);
    drawButtons(scene, shown, left);
    drawOwn(scene, shown, unsent);
  };
  scene.changed = () => void draw();
  let signing = false;
  const sign = async (own: boolean): Promise<void> => {
    if (signing) return;
    signing = true;
    try {
      const mine = own ? ownEntries(scene, shown) : shown;
      const { text, sha256 } = await seen(scene.response, mine);
      await scene.commit({
        type: "record.sign",
        record: encounter,
        payload: { seen: text, content_sha256: sha256, own },
      });
      await settleTasks(app, encounter);
    } catch (fault) {
      signing = false;
      dialog(own ? "sign-own" : "sign")?.close();
      scene.trouble(fault instanceof Error ? fault.message : String(fault));
      return;
    }
    if (own) {
      signing = false;
      dialog("sign-own")?.close();
      app.announce("Your sections are signed on this tablet.");
      await scene.refresh();
      scene.main.querySelector<HTMLElement>("[data-own-signed]")?.focus();
    } else scene.go(`#/record/${encounter}`);
  };
  need(scene.main, "[data-sign-now]").addEventListener("click", () => void sign(false));
  need(scene.main, "[data-sign-own-now]").addEventListener("click", () => void sign(true));
  slot(scene.main, "gaps").addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-gap-alarm]")) open("alarms");
    const time = target?.closest<HTMLElement>("[data-gap-time]");
    if (time)
      scene.root
        .querySelector<HTMLElement>(`[data-time="${CSS.escape(time.dataset.gapTime ?? "")}"]`)
        ?.focus();
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
    scene.end();
  };
}

/** A new signature answers what the server asked of the one before. */
async function settleTasks(app: App, encounter: string): Promise<void> {
  for (const item of await app.user.unsent())
    if (
      item.encounter === encounter &&
      item.type === "record.sign" &&
      ["missing", "conflict"].includes(item.state)
    )
      await app.user.dismiss(item.mid);
}

function drawNeeds(scene: Scene, left: readonly Need[]): void {
  const blocking = left.filter((one) => one.blocking);
  const ready = blocking.length === 0;
  const verdict = scene.main.querySelector<HTMLElement>("[data-review-ready]");
  if (verdict) {
    verdict.dataset.reviewReady = ready ? "yes" : "no";
    verdict.dataset.missing = String(blocking.length);
  }
  const symbol = slot(scene.main, "verdict_icon");
  if (symbol.childElementCount === 0) symbol.append(icon("alert"));
  turnIcon(symbol, ready ? "check-circle" : "alert");
  const as = scene.response.fetchedAt
    ? ` As of ${momentWords(scene.response.fetchedAt.toISOString(), scene.app.zone)}, when the server last looked.`
    : " The server has not looked at this response yet; it may ask for more.";
  slot(scene.main, "verdict").textContent = ready
    ? `Nothing is missing that this tablet knows of. You can sign.${as}`
    : `${blocking.length} thing${blocking.length === 1 ? "" : "s"} to finish before signing. Tap one to go there.${as}`;
  const list = make("ul", "gap-list");
  list.append(...blocking.map((one) => item(scene, one)));
  const places: HTMLElement[] = blocking.length > 0 ? [list] : [];
  const advice = left.filter((one) => !one.blocking);
  if (advice.length > 0) {
    const more = make("ul", "gap-list");
    more.append(...advice.map((one) => item(scene, one)));
    places.push(make("h2", "h6 mt-3", "Worth a look, not required"), more);
  }
  slot(scene.main, "gaps").replaceChildren(...places);
}

function item(scene: Scene, one: Need): HTMLElement {
  const made = make("li");
  const inert = one.form === "" && one.kind === "task";
  const link = make(one.kind === "alarm" || one.form === "times" || inert ? "button" : "a", "gap");
  Object.assign(link.dataset, { gap: one.kind, gapForm: one.form, gapField: one.field });
  if (link instanceof HTMLAnchorElement) link.href = addressOf(scene, one);
  else link.type = "button";
  if (one.kind === "alarm") {
    link.classList.add("gap-alarm");
    link.dataset.gapAlarm = "";
  }
  if (one.form === "times") link.dataset.gapTime = one.field;
  const symbol =
    one.kind === "alarm" ? "alarm" : one.kind === "conflict" ? "swap" : inert ? "alert" : "arrow-right";
  link.append(icon(symbol), " ", make("span", "", one.sentence));
  made.append(link);
  return made;
}

function addressOf(scene: Scene, { form, field, record }: Need): string {
  if (form === "person" && scene.response.person === null) return `#/whom/${scene.encounter}`;
  if (!(form in scene.bundle.forms)) return `#/details/${scene.encounter}`;
  const at = record ? `/${record}` : "";
  return `#/r/${scene.encounter}/${form}${at}${field ? `?field=${encodeURIComponent(field)}` : ""}`;
}

/** The sections of whoever unlocked the tablet that their role signs, alone or for a co-signature. */
function ownEntries(scene: Scene, shown: readonly ShownEntry[]): ShownEntry[] {
  const me = scene.app.user.staff.id;
  const signs = (form: string): boolean => {
    const rights = scene.today.forms[form];
    return (rights?.sign ?? false) || (rights?.cosigned ?? false);
  };
  return shown.filter(
    ({ entry }) =>
      entry.author?.id === me &&
      !entry.frozen &&
      signs(entry.form) &&
      !["person", "contact", "approach"].includes(entry.form),
  );
}

/** What is missing in those sections themselves. */
function missingIn(own: readonly ShownEntry[], left: readonly Need[]): boolean {
  const records = new Set(own.map(({ entry }) => entry.record));
  return left.some(({ blocking, kind, record }) => blocking && kind !== "alarm" && records.has(record ?? ""));
}

function drawButtons(scene: Scene, shown: readonly ShownEntry[], left: readonly Need[]): void {
  const { staff } = scene.app.user;
  const may = (scene.today.forms.disposition?.sign ?? false) && scene.writable;
  const ready = left.every(({ blocking, kind }) => !blocking || kind === "task");
  const sign = need<HTMLButtonElement>(scene.main, "[data-sign]");
  sign.hidden = !may;
  sign.disabled = !ready;
  const own = ownEntries(scene, shown);
  const button = need<HTMLButtonElement>(scene.main, "[data-sign-own]");
  button.hidden = own.length === 0 || !scene.writable;
  button.disabled = missingIn(own, left);
  button.textContent = `Sign only my ${sections(own.length)}`;
  slot(scene.main, "own_title").textContent =
    `Sign your ${sections(own.length)} as ${staff.signature_name || staff.name}?`;
  slot(scene.main, "own_list").replaceChildren(
    ...own.map(({ entry, form }) =>
      make(
        "li",
        "",
        [form.title, entry.summary === form.title ? "" : entry.summary].filter(Boolean).join(": "),
      ),
    ),
  );
  const why = slot(scene.main, "why_not");
  const reasons = [
    may ? "" : "Your role does not sign a response. A member of the crew whose role does signs it.",
    button.disabled && !button.hidden
      ? "Your own sections can be signed once nothing is missing in them."
      : "",
  ];
  why.hidden = reasons.join("") === "";
  why.textContent = reasons.filter(Boolean).join(" ");
  slot(scene.main, "sign_title").textContent = `Sign this response as ${staff.signature_name || staff.name}?`;
  for (const name of ["sign_note", "own_note"]) {
    const note = slot(scene.main, name);
    note.hidden = scene.response.pending === 0;
    note.textContent =
      "The signature is kept on this tablet and sent with what is not sent yet. Until the server has it, it says “not yet received”.";
  }
}

function sections(count: number): string {
  return count === 1 ? "1 section" : `${count} sections`;
}

/** Says that the signer's own sections are signed, and whether the server has that signature. */
function drawOwn(scene: Scene, shown: readonly ShownEntry[], unsent: readonly UnsentItem[]): void {
  const { id } = scene.app.user.staff;
  const signed = shown.filter(({ entry }) => entry.frozen && entry.author?.id === id).length;
  const place = slot(scene.main, "own_signed");
  place.hidden = signed === 0;
  if (signed === 0) return;
  const waits = unsent.some(
    ({ encounter, type, state }) =>
      encounter === scene.encounter &&
      type === "record.sign" &&
      ["waiting", "tried", "help", "held"].includes(state),
  );
  place.dataset.ownSigned = waits ? "here" : "received";
  const where = waits ? "signed on this tablet, not yet received" : "signed";
  place.replaceChildren(
    icon("signature"),
    ` Your ${sections(signed)}: ${where}. ${signed === 1 ? "It no longer changes" : "They no longer change"}; the response stays open for the rest of the crew. What is learned later is added once it is signed as a whole.`,
  );
}
