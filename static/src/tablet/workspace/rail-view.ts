/** The rail as it is seen. */
import { icon, make } from "../shell/fill.ts";
import { bring } from "./bring.ts";
import type { Stop, Stretch } from "./forms.ts";

export function drawRail(
  rail: HTMLElement,
  encounter: string,
  stretches: readonly Stretch[],
  current: string,
): void {
  const groups = stretches.map(({ title, stops }) => {
    const group = make("div", "rail-group");
    const list = make("ul", "rail-list");
    list.append(...stops.map((stop) => stopOf(stop, encounter, current)));
    group.append(make("h2", "rail-title", title), list);
    return group;
  });
  const end = make("div", "rail-group rail-end");
  end.append(
    button(`#/details/${encounter}`, "btn-outline-secondary", "users", "Response and crew", "details"),
    button(`#/review/${encounter}`, "btn-primary", "signature", "Review and sign", "review"),
  );
  bring(rail, [...groups, end]);
}

function stopOf(stop: Stop, encounter: string, current: string): HTMLElement {
  const link = make("a", "rail-stop");
  link.href = `#/r/${encounter}/${stop.key}`;
  Object.assign(link.dataset, { rail: stop.key, state: stop.state, level: stop.level });
  if (stop.key === current) link.setAttribute("aria-current", "page");
  const text = make("span", "rail-text");
  const count = stop.entries.length > 1 ? ` (${stop.entries.length})` : "";
  text.append(make("span", "rail-name", `${stop.line.title}${count}`));
  if (stop.summary !== "" && stop.summary !== stop.line.title)
    text.append(make("span", "rail-summary", stop.summary));
  const state = make("span", "rail-state");
  state.append(icon(stop.icon), " ", make("span", "rail-words", stop.words));
  link.append(icon(stop.line.icon, "rail-icon"), text, state);
  const item = make("li");
  item.append(link);
  return item;
}

function button(href: string, look: string, symbol: string, words: string, data: string): HTMLElement {
  const made = make("a", `btn ${look} w-100`);
  made.href = href;
  made.dataset[data] = "";
  made.append(icon(symbol), ` ${words}`);
  return made;
}
