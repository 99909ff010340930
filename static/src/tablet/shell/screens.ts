/** The shell's own screens. Those that a shift begins with are in the app from the start, the others come when shown. */
import { later, register } from "../app.ts";
import type { PageData } from "./page.ts";
import { lockScreen } from "./screens/lock.ts";
import { todayScreen } from "./screens/today.ts";

const more = () => import("./screens/more.ts");

export interface Doors {
  /** Somebody has unlocked the tablet. */
  readonly opened: () => Promise<void>;
  /** Whoever locked it last. */
  readonly last: () => string | null;
}

export function registerShell(page: PageData, doors: Doors): void {
  register("", todayScreen(), { title: "Today" });
  register("lock", lockScreen(doors.opened, doors.last), { title: "Locked", open: true });
  const setup = later(async () => (await more()).setupScreen(page, doors.opened));
  const shift = later(async () => (await more()).shiftScreen(page));
  const end = later(async () => (await more()).endScreen(page));
  const card = later(async () => (await more()).cardScreen);
  const unsent = later(async () => (await more()).unsentScreen);
  const checkIn = later(async () => (await more()).checkInScreen);
  const storage = later(async () => (await more()).storageScreen);
  register("setup", setup, { title: "Set up this tablet", open: true });
  register(
    "me",
    later(async () => (await more()).meScreen),
    { title: "My PIN" },
  );
  register("shift", shift, { title: "Start your shift" });
  register("card", card, { title: "Before the door", ownBar: true });
  register("unsent", unsent, { title: "What is not sent" });
  register("checkin", checkIn, { title: "Check this tablet" });
  register("end", end, { title: "End of shift" });
  const install = later(async () => (await more()).installScreen);
  register("install", install, { title: "Put this on the home screen", open: true });
  register("storage", storage, { title: "Room on this tablet" });
  register(
    "missing",
    (outlet, _params, app) => {
      outlet.replaceChildren(app.part("missing"));
      return () => {};
    },
    { title: "Nothing stands here", open: true },
  );
}
