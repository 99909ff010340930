/** The shell's own screens. */
import { register } from "../app.ts";
import type { PageData } from "./page.ts";
import { cardScreen } from "./screens/card.ts";
import { checkInScreen } from "./screens/check-in.ts";
import { endScreen } from "./screens/end.ts";
import { lockScreen } from "./screens/lock.ts";
import { meScreen } from "./screens/me.ts";
import { setupScreen } from "./screens/setup.ts";
import { shiftScreen } from "./screens/shift.ts";
import { storageScreen } from "./screens/storage.ts";
import { todayScreen } from "./screens/today.ts";
import { unsentScreen } from "./screens/unsent.ts";

export interface Doors {
  /** Somebody has unlocked the tablet. */
  readonly opened: () => Promise<void>;
  /** Whoever locked it last. */
  readonly last: () => string | null;
}

export function registerShell(page: PageData, doors: Doors): void {
  register("", todayScreen(), { title: "Today" });
  register("lock", lockScreen(doors.opened, doors.last), { title: "Locked", open: true });
  register("setup", setupScreen(page, doors.opened), { title: "Set up this tablet", open: true });
  register("me", meScreen, { title: "My PIN" });
  register("shift", shiftScreen(page), { title: "Start your shift" });
  register("card", cardScreen, { title: "Before the door", ownBar: true });
  register("unsent", unsentScreen, { title: "What is not sent" });
  register("checkin", checkInScreen, { title: "Check this tablet" });
  register("end", endScreen(page), { title: "End of shift" });
  register("storage", storageScreen, { title: "Room on this tablet" });
  register(
    "missing",
    (outlet, _params, app) => {
      outlet.replaceChildren(app.part("missing"));
      return () => {};
    },
    { title: "Nothing stands here", open: true },
  );
}
