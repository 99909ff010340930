/** The row of times: one tap logs, a logged one is corrected with a reason. */
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import { make } from "../shell/fill.ts";
import type { LocalResponse, TimeRow, Today } from "../store/index.ts";
import { bring } from "./bring.ts";

/** The times of a response; those the server has not sent are named by the policy and empty. */
export function timesOf(response: LocalResponse, today: Today): TimeRow[] {
  const named = (today.policies.times as unknown as { field: string; label: string }[] | undefined) ?? [];
  if (named.length === 0) return [...response.times];
  return named.map(({ field, label }) => ({
    field,
    label,
    at: response.times.find((time) => time.field === field)?.at ?? null,
  }));
}

export function drawTimes(
  place: HTMLElement,
  times: readonly TimeRow[],
  writable: boolean,
  zone: string,
): void {
  bring(
    place,
    times.map((time) => buttonOf(time, writable, zone)),
  );
}

function buttonOf({ field, label, at }: TimeRow, writable: boolean, zone: string): HTMLElement {
  const button = make("button", "btn time");
  button.type = "button";
  Object.assign(button.dataset, { time: field, label, state: "" });
  if (at) button.dataset.at = at;
  button.disabled = !writable;
  const shown = make("span", "time-shown");
  shown.dataset.timeShown = "";
  if (at) shown.textContent = hoursAndMinutes(new Date(at), zone);
  else shown.append(make("span", "time-tap", writable ? "Tap" : "–"));
  button.append(make("span", "time-label", label), shown);
  return button;
}
