/** The screens of one response. */
import "./workspace.css";
import { bindMoments } from "../../field/moment.ts";
import { register } from "../app.ts";
import { details } from "./details.ts";
import { newCall } from "./new-call.ts";
import { record } from "./record.ts";
import { review } from "./review.ts";
import { workspace } from "./screen.ts";
import { whom } from "./whom.ts";

export function registerWorkspace(): void {
  bindMoments();
  register("r", workspace, { title: "Response", ownBar: true });
  register("whom", whom, { title: "Person", ownBar: true });
  register("details", details, { title: "Response and crew", ownBar: true });
  register("review", review, { title: "Review and sign", ownBar: true });
  register("record", record, { title: "Record", ownBar: true });
  register("new", newCall, { title: "Start a response" });
}
