/** Where a response is written: forms, the person, the crew, a new call. */
import { bindMoments } from "../../field/moment.ts";
import { bindTakes } from "../../lib/rows.ts";

export { details } from "./details.ts";
export { newCall } from "./new-call.ts";
export { workspace } from "./screen.ts";
export { whom } from "./whom.ts";

bindMoments();
bindTakes();
