/** What happened when in a response, from what this tablet holds. */
import { hoursAndMinutes } from "../../lib/wall-clock.ts";
import type { Bundle } from "../app.ts";
import { icon, make } from "../shell/fill.ts";
import type { LocalResponse } from "../store/index.ts";
import type { KnownAlarm } from "./alarm-book.ts";
import { bring } from "./bring.ts";

interface Happening {
  readonly at: string;
  readonly text: string;
  readonly icon: string;
  readonly by: string;
  readonly note: string;
  readonly level: string;
  readonly href: string;
}

export function drawStory(
  list: HTMLElement,
  response: LocalResponse,
  bundle: Bundle,
  alarms: readonly KnownAlarm[],
  zone: string,
): void {
  const found = happenings(response, bundle, alarms)
    .filter(({ at }) => !Number.isNaN(Date.parse(at)))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  if (found.length === 0) {
    bring(list, [make("li", "text-body-secondary", "Nothing yet. Tap “En route” when you leave.")]);
    return;
  }
  bring(
    list,
    found.map((event) => lineOf(event, zone)),
  );
}

function happenings(response: LocalResponse, bundle: Bundle, alarms: readonly KnownAlarm[]): Happening[] {
  const plain = { by: "", note: "", level: "", href: "" };
  const times = response.times.flatMap(({ at, label }) =>
    at ? [{ ...plain, at, text: label, icon: "clock" }] : [],
  );
  const entries = response.entries.flatMap((entry) => {
    const line = bundle.forms[entry.form];
    if (!line || entry.form === "person" || entry.form === "contact" || entry.form === "approach") return [];
    const summary = entry.summary !== "" && entry.summary !== line.title ? `: ${entry.summary}` : "";
    return [
      {
        ...plain,
        at: entry.happened_at ?? entry.recorded_at,
        text: `${line.title}${summary}`,
        icon: line.icon,
        by: entry.author?.name ?? "",
        note: entry.pending.length > 0 ? "not sent yet" : "",
        href:
          response.signed_at || response.signing ? "" : `#/r/${response.id}/${entry.form}/${entry.record}`,
      },
    ];
  });
  const raised = alarms.flatMap((alarm) => {
    if (!alarm.at) return [];
    const said = alarm.said === null ? "" : alarm.said;
    const text = said === "" ? alarm.title : `Acted on: ${alarm.title}`;
    const level = said === "" ? alarm.level : "";
    return [{ ...plain, at: alarm.at, text, icon: said === "" ? "alarm" : "check", note: said, level }];
  });
  const signed = response.signed_at
    ? [{ ...plain, at: response.signed_at, text: "Signed", icon: "signature", by: response.signed_by ?? "" }]
    : [];
  const signing = response.signing
    ? [{ ...plain, at: response.signing.at.toISOString(), text: "Signed on this tablet", icon: "signature" }]
    : [];
  return [...times, ...entries, ...raised, ...signed, ...signing];
}

function lineOf(event: Happening, zone: string): HTMLElement {
  const item = make("li", "story-event");
  item.dataset.level = event.level;
  const time = make("time", "", hoursAndMinutes(new Date(event.at), zone));
  time.dateTime = event.at;
  const symbol = make("span", "story-icon");
  symbol.append(icon(event.icon));
  const text = make("span", "story-text");
  if (event.href === "") text.append(event.text);
  else {
    const link = make("a", "", event.text);
    link.href = event.href;
    text.append(link);
  }
  if (event.note !== "") text.append(" ", make("span", "story-note", event.note));
  if (event.by !== "") text.append(" ", make("span", "story-by", event.by));
  item.append(time, symbol, text);
  return item;
}
