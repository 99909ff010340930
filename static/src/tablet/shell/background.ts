/** Work that nobody waits for. */

/** Lets `work` go on by itself. What goes wrong stands in the console; the screen keeps what it shows. */
export function background(work: Promise<unknown>): void {
  work.catch((fault: unknown) => console.error(fault));
}
