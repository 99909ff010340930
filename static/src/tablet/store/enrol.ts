/** What the server says when somebody joins a tablet, and the keys that were made for it. */
import { type Context, signedIn } from "./context.ts";
import { type Made, make, weakness } from "./keys.ts";
import { keysOf } from "./report.ts";
import type { DeviceRow } from "./rows.ts";
import { toBase64 } from "./seal.ts";
import { type StaffInfo, WeakPin } from "./types.ts";

export interface Enrolled {
  readonly made: Made;
  readonly staff: StaffInfo;
  /** What is to be remembered of the tablet. */
  readonly device: Partial<DeviceRow>;
  readonly epoch: string;
  readonly serverNow: string;
}

/** Throws WeakPin, NeedsSignIn, NeedsNetwork, Refused. */
export async function asEnrolled(context: Context, name: string, pin: string): Promise<Enrolled> {
  const weak = weakness(pin);
  if (weak) throw new WeakPin(weak);
  const made = await make();
  const known = context.device();
  const body = { name, sign_pub: toBase64(made.signOpen), readopts: known?.id ?? null };
  const json = await signedIn(context, "/field/api/enrol", body);
  return {
    made,
    staff: json.staff as StaffInfo,
    device: {
      id: String(json.device),
      label: String(json.name),
      zone: String(json.zone),
      agency: String(json.agency),
      keys: keysOf(json.keys),
      enrolledAt: known?.enrolledAt ?? context.now().toISOString(),
    },
    epoch: String(json.epoch),
    serverNow: String(json.server_now),
  };
}
