/** One's own key on this tablet: a new PIN, or leaving. */
import { ask } from "../../../lib/dialog.ts";
import type { App, Screen } from "../../app.ts";
import { need, slot } from "../fill.ts";

export const meScreen: Screen = (outlet, _params, app) => {
  outlet.replaceChildren(app.part("me"));
  slot(outlet, "name").textContent = app.user.staff.name;
  slot(outlet, "device").textContent = app.tablet.device()?.name ?? "";
  slot(outlet, "remove_words").textContent = wordsFor(app);
  need(outlet, "[data-remove-me]").addEventListener("click", () => void remove(app));
  return () => {};
};

function wordsFor(app: App): string {
  const { pending } = app.tablet.status();
  const waiting =
    pending > 0
      ? `Not sent on this tablet: ${pending}. That stays sealed and goes by itself; your tile stays until all of yours has gone.`
      : "Everything is sent.";
  return `Your key and every case and draft that you can read here go from this tablet. ${waiting} You can join again with a sign-in.`;
}

async function remove(app: App): Promise<void> {
  const sure = await ask({
    title: "Remove yourself from this tablet?",
    sentence: wordsFor(app),
    yes: "Remove me",
    no: "Stay",
    danger: true,
  });
  if (!sure) return;
  app.go("#/");
  try {
    await app.tablet.leave();
  } catch {
    app.announce("That did not work: you are still on this tablet. Try again, or tell your supervisor.");
  }
}
