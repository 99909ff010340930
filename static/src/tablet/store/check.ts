/** The check before a shift: each line says what was found and what to do. */
import type { Context } from "./context.ts";
import { random } from "./keys.ts";
import type { Session } from "./session.ts";
import type { Check, StorageState } from "./types.ts";

const HOUR = 3_600_000;
const SKEW = 120_000;

export interface Circumstances {
  readonly session: Session | null;
  readonly storage: StorageState;
  readonly oldest: Date | null;
}

export async function checkUp(
  context: Context,
  { session, storage, oldest }: Circumstances,
): Promise<Check[]> {
  return [
    installed(),
    keys(context, session),
    await written(context),
    persisted(storage),
    room(storage),
    clock(context),
    await forms(),
    await cases(context, session),
    old(context, oldest),
  ];
}

const line = (key: Check["key"], label: string, ok: boolean | null, well: string, ill: string): Check => ({
  ...{ key, label, ok },
  words: ok ? well : ill,
});

function installed(): Check {
  const modes = ["standalone", "fullscreen", "minimal-ui"];
  const ok =
    "matchMedia" in globalThis ? modes.some((mode) => matchMedia(`(display-mode: ${mode})`).matches) : null;
  return line(
    "installed",
    "Installed app",
    ok,
    "Opened from the home screen.",
    "Install the app on the home screen and open it from there.",
  );
}

function keys(context: Context, session: Session | null): Check {
  const ok = (context.device()?.keys.length ?? 0) > 0 && session !== null;
  return line(
    "keys",
    "Keys",
    ok,
    "Yours and the server's are here.",
    "Unlock the tablet with your PIN first.",
  );
}

async function written(context: Context): Promise<Check> {
  const probe = random(2048);
  const ok = await context.db
    .write(["meta"], (rows) => rows.put("meta", { name: "probe", probe }))
    .then(() => context.db.read(["meta"], (rows) => rows.get<{ probe: Uint8Array }>("meta", "probe")))
    .then((row) => row?.probe.every((byte, place) => byte === probe[place]) === true)
    .catch(() => false);
  return line(
    "write",
    "Saving on this tablet",
    ok && !context.db.memory,
    "A test record was written and read.",
    "The tablet cannot save. Close the app, open it again, and use another tablet if this stays.",
  );
}

function persisted({ persisted: ok }: StorageState): Check {
  return line(
    "persisted",
    "Protected storage",
    ok,
    "The browser will not clear what is saved.",
    ok === null
      ? "This browser does not say. Open the app from the home screen each day."
      : "The browser may clear what is saved when room is short. Install the app, open it from the home screen, check again.",
  );
}

function room({ level, usage, quota }: StorageState): Check {
  const megabytes = (bytes: number | null) => (bytes === null ? "?" : String(Math.round(bytes / 1_048_576)));
  const found = `${megabytes(usage)} of ${megabytes(quota)} MB are used.`;
  const ill = `${found} Send what is not sent, and tell your supervisor.`;
  return line("storage", "Room", usage === null ? null : level === "ok", found, ill);
}

function clock(context: Context): Check {
  const offset = context.device()?.offset ?? null;
  const ok = offset === null ? null : Math.abs(offset) <= SKEW;
  const minutes = Math.round(Math.abs(offset ?? 0) / 60_000);
  return line(
    "clock",
    "Clock",
    ok,
    "It agrees with the server's.",
    offset === null
      ? "It was not compared yet. Connect once."
      : `It is ${minutes} minutes off. Set the tablet's time to automatic.`,
  );
}

async function forms(): Promise<Check> {
  const names = (await globalThis.caches?.keys().catch(() => null)) ?? null;
  const counts = await Promise.all(
    (names ?? []).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
  );
  const count = counts.flat().filter((url) => url.includes("/field/forms/")).length;
  const ok = names === null ? null : count > 0;
  return line(
    "forms",
    "Forms",
    ok,
    `${count} forms are here.`,
    "Connect once, so that the forms are fetched.",
  );
}

async function cases(context: Context, session: Session | null): Promise<Check> {
  const fetched = (await session?.today())?.fetchedAt ?? null;
  const ok = fetched !== null && context.now().getTime() - fetched.getTime() < 12 * HOUR;
  return line(
    "cases",
    "Today's list",
    ok,
    "It was fetched this shift.",
    "Sign in and connect once to fetch it.",
  );
}

function old(context: Context, oldest: Date | null): Check {
  const ok = oldest === null || context.now().getTime() - oldest.getTime() < 2 * HOUR;
  const ill = "Some records wait for more than 2 hours. Connect and press Send now.";
  return line("old", "Nothing left behind", ok, "No old unsent records.", ill);
}
