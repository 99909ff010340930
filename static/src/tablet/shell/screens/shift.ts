/** Signing on to a unit. It needs the server: the shift is the agency's, not the tablet's. */
import { send } from "../../../field/api.ts";
import type { Answer } from "../../../field/saving.ts";
import type { Screen } from "../../app.ts";
import type { Choice } from "../../store/index.ts";
import { make, need, slot } from "../fill.ts";
import type { PageData } from "../page.ts";
import { signInAddress } from "../session.ts";

const ADDRESS = "/api/shifts/";

export function shiftScreen(page: PageData): Screen {
  return async (outlet, _params, app) => {
    let today = await app.user.today();
    let pulled = "ok";
    if (today.units.length === 0) {
      pulled = await app.tablet.pull();
      today = await app.user.today();
    }
    outlet.replaceChildren(app.part("shift"));
    need<HTMLAnchorElement>(outlet, "[data-sign-in-link]").href = signInAddress(page, "#/shift");
    const form = need<HTMLFormElement>(outlet, "[data-shift-form]");
    const units = today.units.map((unit) => ({
      value: unit.call_sign,
      label: `${unit.call_sign} · ${unit.programme}`,
    }));
    const own = today.units.find((unit) => unit.programme === app.user.staff.programme);
    if (units.length === 0) {
      form.hidden = true;
      const words =
        pulled === "ok"
          ? "There is no unit to sign on to. Ask your supervisor to add one."
          : "The list of units is not on this tablet yet. Start the shift when there is a network; responses can be started now.";
      refused(outlet, words, pulled === "signed_out");
      return () => {};
    }
    choices(need(form, "[data-units]"), "radio", units, own?.call_sign ?? "");
    const crew = (today.options.staff ?? []).filter((each) => each.value !== app.user.staff.username);
    choices(need(form, "[data-crew]"), "checkbox", crew, "");
    need(form, "[data-crew-answer]").hidden = crew.length === 0;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const chosen = (kind: string): string[] =>
        [...form.querySelectorAll<HTMLInputElement>(`input[name=${kind}]:checked`)].map((box) => box.value);
      const unit = chosen("radio")[0];
      if (!unit) {
        refused(outlet, "Choose the unit you ride on.", false);
        return;
      }
      const answer = await send(ADDRESS, { unit, crew: chosen("checkbox") });
      if (answer.kind !== "ok") {
        refused(outlet, wordsOf(answer), answer.kind === "signed_out");
        return;
      }
      await app.tablet.pull();
      app.go("#/");
    });
    return () => {};
  };
}

/** Ends a shift; "" when it has ended, else why not. */
export async function endShift(id: string): Promise<string> {
  const answer = await send(`${ADDRESS}${id}/end/`, {});
  return answer.kind === "ok" ? "" : wordsOf(answer);
}

function wordsOf(answer: Exclude<Answer, { kind: "ok" }>): string {
  if (answer.kind === "refused") return answer.sentence;
  if (answer.kind === "signed_out") return "You are signed out of the server. Sign in, then try again.";
  return "The server could not be reached. Try again when there is a network; responses can be started now.";
}

function choices(
  place: HTMLElement,
  kind: "radio" | "checkbox",
  options: readonly Choice[],
  chosen: string,
): void {
  place.replaceChildren(
    ...options.flatMap((option, index) => {
      const box = make("input", "btn-check");
      box.type = kind;
      box.name = kind;
      box.value = option.value;
      box.id = `${kind}-${index}`;
      box.checked = option.value === chosen;
      box.autocomplete = "off";
      const label = make("label", "btn btn-choice", option.label);
      label.htmlFor = box.id;
      return [box, label];
    }),
  );
}

function refused(outlet: HTMLElement, words: string, signIn: boolean): void {
  const place = slot(outlet, "fault");
  place.hidden = false;
  place.textContent = words;
  need(outlet, "[data-sign-in-part]").hidden = !signIn;
}
