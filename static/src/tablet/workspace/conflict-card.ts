/** Two people gave one field different values: both stand here with who and when, and nothing is chosen beforehand. */
import type { App } from "../app.ts";
import { fill, need, slot } from "../shell/fill.ts";
import type { ConflictRow } from "../store/index.ts";
import { momentWords } from "./moments.ts";

/** The card; `narrative` when both values may stand one after the other. */
export function conflictCard(
  app: App,
  conflict: ConflictRow,
  narrative: boolean,
  writable: boolean,
): HTMLElement {
  const part = app.part("conflict");
  const card = need(part, "[data-conflict]");
  card.dataset.conflict = conflict.id;
  card.dataset.conflictField = conflict.field;
  card.setAttribute("aria-label", `Two values for ${conflict.label}`);
  const mine = conflict.mine_is_me ? `you, ${conflict.mine_by}` : conflict.mine_by;
  fill(card, {
    question: `Two people filled in “${conflict.label}” differently. Which one stands?`,
    base: conflict.base_words || "Empty",
    theirs: conflict.theirs_words || "Empty",
    theirs_who: told("in the record", conflict.theirs_by, conflict.theirs_at, app.zone),
    mine: conflict.mine_words || "Empty",
    mine_who: told("", mine, conflict.mine_at, app.zone),
  });
  for (const choice of card.querySelectorAll<HTMLButtonElement>("[data-keep]")) {
    choice.disabled = !writable;
    if (choice.dataset.keep === "both") choice.hidden = !narrative;
  }
  need(card, "[data-conflict-later]").addEventListener("click", () => {
    slot(card, "later").hidden = false;
    card.dataset.put = "off";
  });
  return card;
}

function told(where: string, who: string, at: string, zone: string): string {
  return [where, who, momentWords(at, zone)].filter(Boolean).join(", ");
}
