/** What several screens do with what is not sent: send it now, say why it waits, save it as a sealed file. */
import type { App } from "../app.ts";
import type { Status } from "../store/index.ts";

/** "12 of 40" while sending, else why it waits: "No network. Next try in 40 s." */
export function whyWaiting(status: Status, now: Date): string {
  if (status.pending === 0) return "";
  if (status.progress) return `Sending: ${status.progress.done} of ${status.progress.of}.`;
  const parts = [status.reason];
  const left = status.nextTryAt ? Math.ceil((status.nextTryAt.getTime() - now.getTime()) / 1_000) : 0;
  if (left > 0) parts.push(`Next try in ${left} s.`);
  return parts.filter(Boolean).join(" ");
}

/** Tries now; the button stays usable and says how far it is. */
export async function sendNow(app: App): Promise<void> {
  await app.tablet.sendNow();
  const status = app.tablet.status();
  if (status.pending > 0)
    app.announce(`${status.pending} not sent. ${whyWaiting(status, new Date())}`.trim());
  else app.announce("Everything is received.");
}

/** Hands the sealed file to the tablet's own way of saving, and says its name. */
export async function saveSealedFile(app: App, now = new Date()): Promise<void> {
  const file = await app.tablet.sealedFile();
  const day = now.toISOString().slice(0, 16).replace(/[-:T]/g, "");
  const name = `sealed-${day}.mih`;
  const link = document.createElement("a");
  const address = URL.createObjectURL(file);
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  app.announce(`Saved as ${name}. Only the server can open it.`);
}
