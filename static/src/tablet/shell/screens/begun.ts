/** What was typed into a form that is no record yet: said on the start screen, so that it is finished or thrown away. */
import { ask } from "../../../lib/dialog.ts";
import type { App } from "../../app.ts";
import type { Today } from "../../store/index.ts";
import { background } from "../background.ts";
import { fill, need } from "../fill.ts";

/** By the first part of the name it is kept under: what it is, and where it goes on. */
const KINDS: Readonly<Record<string, readonly [words: string, address: (encounter: string) => string]>> = {
  new: ["A new call, not started yet", () => "#/new"],
  person: ["A new person, not added yet", (encounter) => `#/whom/${encounter}/new`],
  addendum: ["An addendum, not added yet", (encounter) => `#/record/${encounter}`],
  details: ["Details of a response, not saved yet", (encounter) => `#/details/${encounter}`],
};

export async function begunLines(app: App, today: Today, changed: () => void): Promise<HTMLElement[]> {
  const { begun } = app.user;
  const lines: HTMLElement[] = [];
  for (const name of await begun.names()) {
    const [kind = "", encounter = ""] = name.split("/");
    const [title, address] = KINDS[kind] ?? [];
    if (!title || !address) continue;
    const line = need(app.part("slip-begun"), "[data-begun]");
    line.dataset.begun = name;
    const response = today.responses.find(({ id }) => id === encounter);
    const whose = response ? [response.person?.name ?? "", response.title].filter(Boolean).join(", ") : "";
    fill(line, {
      title,
      line: [whose, "What you typed is kept on this tablet."].filter(Boolean).join(" · "),
    });
    need<HTMLAnchorElement>(line, "[data-go-on]").href = address(encounter);
    const drop = need(line, "[data-throw-away]");
    drop.setAttribute("aria-label", `Throw away: ${title}`);
    drop.addEventListener("click", () => background(thrownAway(name, begun, changed)));
    lines.push(line);
  }
  return lines;
}

async function thrownAway(name: string, begun: App["user"]["begun"], changed: () => void): Promise<void> {
  const sure = await ask({
    title: "Throw away what you typed?",
    sentence: "It is in no record, and it cannot be brought back.",
    yes: "Throw it away",
    no: "Keep it",
    danger: true,
  });
  if (!sure) return;
  await begun.drop(name);
  changed();
}
