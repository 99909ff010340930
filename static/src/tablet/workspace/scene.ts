/**
 * One response as it stands on this tablet, with the frame that all its screens share: bar, times, rail, what happened
 * when, alarms. Every screen of a response opens one and lets go of it when it is left.
 */
import { bindAlarms, interrupt } from "../../field/alarms.ts";
import { now } from "../../field/clock.ts";
import { formStandsAt, showCurrent } from "../../field/live.ts";
import type { Answer } from "../../field/saving.ts";
import { tick } from "../../field/timers.ts";
import { bindTimes } from "../../field/times.ts";
import { isEmpty } from "../../field/values.ts";
import { handsOff } from "../../lib/hands.ts";
import type { App, Bundle, FormFragment } from "../app.ts";
import { fill, icon, make, need, slot } from "../shell/fill.ts";
import type { LocalEntry, LocalResponse, Mutation, Saved, Today } from "../store/index.ts";
import { AlarmBook } from "./alarm-book.ts";
import { drawTimes, timesOf } from "./bar.ts";
import { rail, type Stretch } from "./forms.ts";
import { contextOf, due, vitalsData } from "./judge.ts";
import { drawRail } from "./rail-view.ts";
import { elsewhereWords } from "./standing.ts";
import { drawStory } from "./story.ts";
import { summaryOf } from "./summaries.ts";
import { type FormOf, formOf } from "./versions.ts";
import { Wording } from "./words.ts";

/** A red alarm stands above the form at once; it interrupts when the hands pause, not between two questions. */
const QUIET = 1_500;

/** Outcomes that a pull says more about. */
const TOLD = new Set(["merged", "conflict", "frozen", "missing"]);
const AFTER_RECEIPT = 500;

export class Scene {
  readonly app: App;
  readonly encounter: string;
  readonly root: HTMLElement;
  readonly main: HTMLElement;
  readonly alarms: AlarmBook;
  readonly bundle: Bundle;
  response: LocalResponse;
  today: Today;
  current = "";
  /** Told after the response was read anew. */
  changed: () => void = () => {};
  private readonly ends: (() => void)[] = [];
  private reading = 0;
  private quiet = 0;

  private constructor(app: App, root: HTMLElement, found: LocalResponse, today: Today, bundle: Bundle) {
    this.app = app;
    this.encounter = found.id;
    this.root = root;
    this.main = need(root, "[data-form-area]");
    this.response = found;
    this.today = today;
    this.bundle = bundle;
    this.alarms = new AlarmBook(found, today, app.zone);
  }

  /** Puts the frame into `outlet`; null, with words in their place, for a response this tablet does not have. */
  static async open(outlet: HTMLElement, encounter: string, app: App, current = ""): Promise<Scene | null> {
    const [response, today, bundle] = await Promise.all([
      app.user.response(encounter),
      app.user.today(),
      app.bundle(),
    ]);
    if (!response) {
      outlet.replaceChildren(app.part("not_here"));
      return null;
    }
    outlet.replaceChildren(app.part("workspace"));
    const root = need(outlet, "[data-workspace]");
    root.dataset.zone = app.zone;
    root.dataset.encounter = encounter;
    const scene = new Scene(app, root, response, today, bundle);
    scene.current = current;
    await scene.read();
    scene.bind();
    scene.draw();
    return scene;
  }

  /** Whether whoever unlocked the tablet may write in this response now. */
  get writable(): boolean {
    return this.response.writable && this.response.signed_at === null && this.response.signing === null;
  }

  get stretches(): Stretch[] {
    return rail(this.bundle, this.today, this.response, this.alarms.waiting());
  }

  commit(change: Omit<Mutation, "encounter">): Promise<Saved> {
    return this.app.user.commit({ ...change, encounter: this.encounter });
  }

  /** Turns to another screen, unless whoever holds the tablet has turned away already. */
  go(hash: string): void {
    if (this.root.isConnected) this.app.go(hash);
  }

  /** The newest form of that name. */
  form(key: string): Promise<FormFragment> {
    return this.app.form(key);
  }

  /** The form an entry was begun on, as far as it can be had. */
  formOf(entry: LocalEntry): Promise<FormOf> {
    return formOf(this.app, this.bundle, entry);
  }

  /** Reads the response anew and shows it. */
  async refresh(): Promise<void> {
    const turn = ++this.reading;
    if (!this.app.tablet.unlocked) return;
    const [response, today] = await Promise.all([
      this.app.user.response(this.encounter),
      this.app.user.today(),
    ]);
    await handsOff();
    if (turn !== this.reading || !response || !this.root.isConnected) return;
    this.response = response;
    this.today = today;
    this.alarms.take(response, today);
    await this.read();
    if (turn !== this.reading) return;
    const still = formStandsAt();
    this.draw();
    this.changed();
    const moved = formStandsAt() - still;
    if (moved !== 0) window.scrollBy({ top: moved, behavior: "instant" });
  }

  draw(): void {
    const { response } = this;
    const person = need(this.root, "[data-person]");
    person.textContent = response.person?.name || "Not named yet";
    person.classList.toggle("bar-unknown", response.person === null);
    person.classList.toggle("bar-long", (person.textContent ?? "").length > 28);
    fill(this.root, {
      line: [response.title, response.address, response.unit ?? ""].filter(Boolean).join(" · "),
    });
    const other = elsewhereWords(response.elsewhere ?? [], now(), this.app.zone);
    need(this.root, "[data-elsewhere]").hidden = other === "";
    const place = slot(this.root, "elsewhere");
    if (place.textContent !== other) place.textContent = other;
    const clock = need(this.root, "[data-scene-clock]");
    const times = timesOf(response, this.today);
    const at = (field: string): string | null => times.find((time) => time.field === field)?.at ?? null;
    clock.hidden = at("on_scene_at") === null || at("cleared_at") !== null;
    slot(this.root, "clock").dataset.since = at("on_scene_at") ?? "";
    drawTimes(need(this.root, "[data-times]"), times, this.writable, this.app.zone);
    drawRail(slot(this.root, "rail"), this.encounter, this.stretches, this.current);
    drawStory(slot(this.root, "timeline"), response, this.bundle, this.alarms.all(), this.app.zone);
    this.showAlarms();
    tick(this.root);
    showCurrent();
  }

  showAlarms(): void {
    this.alarms.show(need(this.root, '[data-live-part="alarms"]'));
    window.clearTimeout(this.quiet);
    this.quiet = window.setTimeout(interrupt, QUIET);
  }

  /** Says above the form what went wrong; "" takes it away. */
  trouble(sentence: string): void {
    const place = slot(this.root, "trouble");
    place.hidden = sentence === "";
    place.replaceChildren(
      icon("alert"),
      make("strong", "", "Not saved – keep this screen open."),
      ` ${sentence}`,
    );
  }

  onEnd(end: () => void): void {
    this.ends.push(end);
  }

  end(): void {
    window.clearTimeout(this.quiet);
    for (const end of this.ends.splice(0)) end();
  }

  /** After a receipt that says more than "applied", and where nothing is typed, what the server made of it is fetched. */
  private fetchWhatBecame(): () => void {
    let planned = 0;
    const received = (event: Event): void => {
      const { outcome } = (event as CustomEvent<{ outcome: string }>).detail;
      if (this.current !== "" && !TOLD.has(outcome)) return;
      window.clearTimeout(planned);
      planned = window.setTimeout(() => void this.app.tablet.pull(), AFTER_RECEIPT);
    };
    document.addEventListener("mih:received", received);
    return () => {
      window.clearTimeout(planned);
      document.removeEventListener("mih:received", received);
    };
  }

  /** Judges and words every entry that the server has not seen as it stands here. */
  private async read(): Promise<void> {
    const { response, today } = this;
    const context = contextOf(response, now());
    const entries: LocalEntry[] = [];
    for (const entry of response.entries) {
      const known = entry.pending.length === 0 && !entry.local;
      if (known) this.alarms.set({ form: entry.form, entry: entry.record, due: new Map() });
      const filled = Object.values(entry.values).some((value) => !isEmpty(value));
      if (known || !filled || !(entry.form in this.bundle.forms)) {
        entries.push(entry);
        continue;
      }
      try {
        const { form } = await this.formOf(entry);
        const raised = due(entry, form, context, vitalsData(today, response, entry.record), this.app.zone);
        this.alarms.set({ form: entry.form, entry: entry.record, due: raised });
        const wording = new Wording(form, today.options, this.app.zone);
        entries.push({ ...entry, summary: summaryOf(form, wording, entry.values, context) });
      } catch {
        // A form this tablet does not hold can be judged and worded by the server alone.
        entries.push(entry);
      }
    }
    if (this.response === response) this.response = { ...response, entries };
  }

  private bind(): void {
    const { root } = this;
    const done = async (change: Omit<Mutation, "encounter">): Promise<Answer> => {
      await this.commit(change);
      return { kind: "ok", body: null };
    };
    const changed = (): void => void this.refresh();
    bindTimes(
      {
        time: (field, value, reason) =>
          reason === "" && this.response.times.some((time) => time.field === field && time.at)
            ? Promise.resolve({
                kind: "refused",
                code: "no_reason",
                sentence: "Write why the time changes. Both times stay in the record.",
                fields: {},
              })
            : done({ type: "encounter.time", payload: { field, value, reason } }),
      },
      this.app.zone,
      changed,
      root,
    );
    const acknowledge = (code: string, entry: string, action: string): Promise<Answer> =>
      done({ type: "alarm.acknowledge", record: entry, payload: { code, action } });
    bindAlarms(
      { acknowledge: ({ code, entry }, action) => acknowledge(code, entry, action) },
      (key, action) => {
        const [code = "", entry = ""] = key.split("/");
        void acknowledge(code, entry, action).then(changed);
      },
      changed,
      root,
    );
    // The rail stands below the bar, however many lines a name takes.
    const top = need(root, ".workspace-top");
    const sized = new ResizeObserver(() => root.style.setProperty("--top-height", `${top.offsetHeight}px`));
    sized.observe(top);
    this.ends.push(
      () => sized.disconnect(),
      this.app.tablet.on("records", () => void this.refresh()),
      this.fetchWhatBecame(),
    );
  }
}
