/** Two people gave one field different values: a tap says which one stands. And taking a draft entry back out. */
import { send } from "./api.ts";
import type { Saver } from "./saver.ts";

export function bindConflicts(saver: Saver, api: string, changed: () => void): void {
  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const choice = target?.closest<HTMLElement>("[data-keep]");
    const card = choice?.closest<HTMLElement>("[data-conflict]");
    if (choice && card) {
      const answer = await saver.post(card.dataset.url ?? "", { keep: choice.dataset.keep });
      const problem = card.querySelector<HTMLElement>("[data-error]");
      if (answer.kind === "refused" && problem) {
        problem.hidden = false;
        problem.textContent = answer.sentence;
      } else changed();
    }
    const removal = target?.closest<HTMLElement>("[data-remove-entry]");
    if (removal) {
      await saver.settled();
      const address = `${api}entries/${removal.dataset.form}/${removal.dataset.record}/`;
      const answer = await send(address, null, "DELETE");
      if (answer.kind === "ok") location.assign(removal.dataset.next ?? location.href);
      else {
        const problem = removal.closest("dialog")?.querySelector<HTMLElement>("[data-error]");
        if (!problem) return;
        problem.hidden = false;
        problem.textContent =
          answer.kind === "refused" ? answer.sentence : "The server did not answer. Try again in a moment.";
      }
    }
  });
}
