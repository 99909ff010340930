/** The time by the server's clock: a tablet's own may be minutes off, and logged times must agree between tablets. */

let ahead = 0;

/** Sets the clock by an instant the server has just sent. */
export function setClock(serverNow: string | undefined): void {
  const at = Date.parse(serverNow ?? "");
  if (!Number.isNaN(at)) ahead = at - Date.now();
}

export function now(): Date {
  return new Date(Date.now() + ahead);
}

/** "0:42" or "1:05:09". */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
