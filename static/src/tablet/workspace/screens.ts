/** The screens of one response. Their code is fetched when the first of them is shown. */
import { later, register } from "../app.ts";

const work = () => import("./work.ts");
const signing = () => import("./signing.ts");

export function registerWorkspace(): void {
  const workspace = later(async () => (await work()).workspace);
  const details = later(async () => (await work()).details);
  const review = later(async () => (await signing()).review);
  const record = later(async () => (await signing()).record);
  register("r", workspace, { title: "Response", ownBar: true });
  register(
    "whom",
    later(async () => (await work()).whom),
    { title: "Person", ownBar: true },
  );
  register("details", details, { title: "Response and crew", ownBar: true });
  register("review", review, { title: "Review and sign", ownBar: true });
  register("record", record, { title: "Record", ownBar: true });
  register(
    "new",
    later(async () => (await work()).newCall),
    { title: "Start a response" },
  );
}

/** Has the code of a response at hand before somebody asks for it. */
export async function warmWorkspace(): Promise<void> {
  await Promise.all([work(), signing()]);
}
