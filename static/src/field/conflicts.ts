/** Two people gave one field different values: a tap says which one stands. And taking a draft entry back out. */
import { send } from "./api.ts";
import type { Saver } from "./saver.ts";
import type { Acts } from "./saving.ts";

export function bindConflicts(
  acts: Pick<Acts, "settle">,
  changed: () => void,
  root: HTMLElement | Document = document,
): void {
  root.addEventListener("click", async (event) => {
    const choice = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-keep]") : null;
    const card = choice?.closest<HTMLElement>("[data-conflict]");
    if (!choice || !card) return;
    const answer = await acts.settle(card.dataset.conflict ?? "", choice.dataset.keep ?? "");
    const problem = card.querySelector<HTMLElement>("[data-error]");
    if (answer.kind === "refused" && problem) {
      problem.hidden = false;
      problem.textContent = answer.sentence;
    } else changed();
  });
}

export function bindRemoval(saver: Saver, api: string): void {
  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const removal = target?.closest<HTMLElement>("[data-remove-entry]");
    if (!removal) return;
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
  });
}
