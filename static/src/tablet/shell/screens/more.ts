/** Screens that are opened now and then: one file that is fetched when the first of them is shown. */
export { cardScreen } from "./card.ts";
export { checkInScreen } from "./check-in.ts";
export { endScreen } from "./end.ts";
export { installScreen } from "./install.ts";
export { meScreen } from "./me.ts";
export { setupScreen } from "./setup.ts";
export { shiftScreen } from "./shift.ts";
export { storageScreen } from "./storage.ts";
export { unsentScreen } from "./unsent.ts";
