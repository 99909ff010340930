/** The start of a shift: the responses under way, today's cases, the calls that came in; from this tablet's own store. */
import { type App, type Screen, stands } from "../../app.ts";
import type { AssignedCase, Call, ResponseCard, Today } from "../../store/index.ts";
import { background } from "../background.ts";
import { fill, make, need, slot } from "../fill.ts";
import { clockWords, momentWords } from "../moments.ts";
import { begunLines } from "./begun.ts";

const LOOK_AGAIN = 30_000;

export function todayScreen(): Screen {
  return async (outlet, _params, app) => {
    const screen = new TodayScreen(outlet, app);
    return stands(screen.show(), () => screen.close());
  };
}

class TodayScreen {
  readonly #outlet: HTMLElement;
  readonly #app: App;
  readonly #offs: readonly (() => void)[];
  readonly #timer: number;
  #fetchedAt: Date | null = null;

  constructor(outlet: HTMLElement, app: App) {
    this.#outlet = outlet;
    this.#app = app;
    outlet.replaceChildren(app.part("today"));
    need(outlet, "[data-refresh]").addEventListener("click", () => background(this.#refresh()));
    need(outlet, "#today-find").addEventListener("input", () => this.#find());
    this.#offs = [
      app.tablet.on("records", () => background(this.show())),
      app.tablet.on("status", () => this.#fresh()),
      app.tablet.on("signed_out", () => this.#fresh()),
    ];
    this.#timer = window.setInterval(() => this.#fresh(), LOOK_AGAIN);
  }

  close(): void {
    for (const off of this.#offs) off();
    window.clearInterval(this.#timer);
  }

  async show(): Promise<void> {
    const today = await this.#app.user.today();
    if (!this.#stands) return;
    this.#shift(today);
    this.#fetchedAt = today.fetchedAt;
    this.#fresh();
    const signed = today.responses.filter((each) => each.signed_at !== null || each.signing);
    const mine = today.responses.filter((each) => !signed.includes(each));
    const begun = await begunLines(this.#app, today, () => background(this.show())).catch(() => []);
    if (!this.#stands) return;
    this.#list("begun", begun);
    need(this.#outlet, "[data-section=begun]").hidden = begun.length === 0;
    this.#list(
      "mine",
      mine.map((each) => this.#response(each)),
    );
    this.#list(
      "cases",
      today.cases.map((each) => this.#case(each)),
    );
    this.#list(
      "calls",
      today.calls.map((each) => this.#call(each)),
    );
    this.#list(
      "signed",
      signed.map((each) => this.#response(each)),
    );
    need(this.#outlet, "[data-section=signed]").hidden = signed.length === 0;
    this.#find();
  }

  /** False once another screen has taken its place: what it asked for may still arrive. */
  get #stands(): boolean {
    return this.#outlet.isConnected;
  }

  #shift(today: Today): void {
    const shift = today.shift;
    need(this.#outlet, "[data-shift-on]").hidden = shift === null;
    need(this.#outlet, "[data-shift-off]").hidden = shift !== null;
    if (shift) {
      const since = momentWords(shift.started_at, this.#app.zone);
      fill(this.#outlet, {
        unit: shift.unit,
        shift_line: [shift.programme, `since ${since}`, shift.crew.join(", ")].filter(Boolean).join(" · "),
      });
    } else {
      slot(this.#outlet, "no_shift_line").textContent = today.fetchedAt
        ? "Responses can be started all the same; they carry your program."
        : "This tablet has not fetched your list yet. Responses can be started all the same.";
    }
  }

  #fresh(): void {
    if (!this.#stands) return;
    const { signedOut, network } = this.#app.tablet.status();
    const from = this.#fetchedAt
      ? `List from ${clockWords(this.#fetchedAt, this.#app.zone)}`
      : signedOut || network === "none"
        ? "No list fetched yet"
        : "Fetching your list…";
    const more = signedOut ? " · sign in to refresh it" : network === "none" ? " · no network now" : "";
    const place = slot(this.#outlet, "fresh");
    if (place.textContent !== from + more) place.textContent = from + more;
  }

  async #refresh(): Promise<void> {
    const button = need<HTMLButtonElement>(this.#outlet, "[data-refresh]");
    button.disabled = true;
    const answer = await this.#app.tablet.pull().finally(() => {
      button.disabled = false;
    });
    // The banner leads to the sign-in: leaving by itself, the page would lock the tablet under somebody's finger.
    if (answer === "signed_out") this.#app.announce("Sign in to refresh the list.");
    else if (answer === "unsure") this.#app.announce("No network: the list stays as it is.");
    else await this.show();
  }

  #list(name: string, lines: readonly HTMLElement[]): void {
    const place = need(this.#outlet, `[data-list=${name}]`);
    place.replaceChildren(...lines);
    const empty = this.#outlet.querySelector<HTMLElement>(`[data-empty=${name}]`);
    if (empty) empty.hidden = lines.length > 0;
  }

  #response(each: ResponseCard): HTMLElement {
    const tile = need<HTMLAnchorElement>(this.#app.part("slip-response"), "[data-response]");
    tile.dataset.response = each.id;
    const over = each.signed_at !== null || each.signing;
    tile.href = `#/${over ? "record" : "r"}/${each.id}`;
    const signed = each.signed_at ? ` · signed ${momentWords(each.signed_at, this.#app.zone)}` : "";
    const begun = `begun ${momentWords(each.created_at, this.#app.zone)}`;
    fill(tile, {
      title: each.person?.name ?? "Person not named yet",
      line: [each.title || "Response", each.address].filter(Boolean).join(" · "),
      small: [each.unit ?? "", each.programme, begun].filter(Boolean).join(" · ") + signed,
    });
    chips(tile, [
      each.attention > 0 ? ["red", `Needs attention (${each.attention})`] : null,
      each.pending > 0 ? ["amber", `${each.pending} not sent`] : null,
      each.local && each.pending === 0 ? ["blue", "Begun on this tablet"] : null,
      each.signing && !each.signed_at ? ["blue", "Signed here, not received yet"] : null,
    ]);
    return tile;
  }

  #case(each: AssignedCase): HTMLElement {
    const tile = need<HTMLAnchorElement>(this.#app.part("slip-case"), "[data-case]");
    tile.dataset.case = each.person.id;
    tile.href = `#/card/${each.person.id}`;
    fill(tile, { title: each.person.name, line: each.why });
    const late = each.overdue && each.due_at ? Date.now() - Date.parse(each.due_at) : 0;
    chips(tile, [
      late > 0 ? ["red", `Overdue by ${span(late)}`] : null,
      each.response ? ["blue", "Response open"] : null,
    ]);
    return tile;
  }

  #call(each: Call): HTMLElement {
    const slip = need(this.#app.part("slip-call"), "[data-call]");
    slip.dataset.call = each.id;
    fill(slip, {
      title: each.title || "Call",
      line: each.address || each.place_kind || "No address given",
      small: each.line,
    });
    const button = need<HTMLButtonElement>(slip, "[data-respond]");
    button.setAttribute(
      "aria-label",
      `Respond to ${each.title || "this call"}, ${each.address || "no address"}`,
    );
    button.addEventListener("click", () => {
      button.disabled = true;
      this.#app.go(`#/new/${each.id}`);
    });
    return slip;
  }

  /** Hides what does not hold the words asked for. */
  #find(): void {
    const asked = need<HTMLInputElement>(this.#outlet, "#today-find").value.trim().toLowerCase();
    let shown = 0;
    for (const slip of this.#outlet.querySelectorAll<HTMLElement>(".slips > *")) {
      const fits = asked === "" || (slip.textContent ?? "").toLowerCase().includes(asked);
      slip.hidden = !fits;
      if (fits) shown += 1;
    }
    slot(this.#outlet, "found").textContent =
      asked === ""
        ? ""
        : `${shown} found on this tablet. Others are found by name when a response is started.`;
    slot(this.#outlet, "found").classList.toggle("visually-hidden", asked === "");
  }
}

/** "40 min", "3 h", "2 days". */
function span(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** Small marks under a line: colour and words. */
export function chips(tile: HTMLElement, marks: readonly (readonly [string, string] | null)[]): void {
  const place = slot(tile, "chips");
  const shown = marks.filter((mark) => mark !== null);
  place.replaceChildren(...shown.map(([colour, words]) => make("span", `chip chip-${colour}`, words)));
  place.hidden = shown.length === 0;
}
