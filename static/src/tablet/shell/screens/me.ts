/** One's own key on this tablet. */
import type { Screen } from "../../app.ts";
import { slot } from "../fill.ts";

export const meScreen: Screen = (outlet, _params, app) => {
  outlet.replaceChildren(app.part("me"));
  slot(outlet, "name").textContent = app.user.staff.name;
  slot(outlet, "device").textContent = app.tablet.device()?.name ?? "";
  return () => {};
};
