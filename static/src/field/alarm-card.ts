/** One alarm as a card, with the data that the interrupting dialog shows, for alarms that no page of the server carries. */

export interface AlarmShown {
  /** The server's identifier; "" for an alarm that only this tablet knows. */
  readonly id: string;
  readonly code: string;
  readonly entry: string;
  readonly level: "red" | "amber" | "info";
  readonly title: string;
  readonly message: string;
  readonly what: string;
  readonly actions: readonly string[];
  readonly url: string;
  /** What was said to be done about it; null while nobody has. */
  readonly said: string | null;
  /** Who said so and when, in words. */
  readonly by: string;
}

const LEVELS = { red: "Red", amber: "Amber", info: "For information" };

export function alarmCard(alarm: AlarmShown): HTMLElement {
  const card = document.createElement("section");
  const waits = alarm.level !== "info" && alarm.said === null;
  card.className = "alarm-card";
  Object.assign(card.dataset, {
    alarm: alarm.id,
    code: alarm.code,
    entry: alarm.entry,
    level: alarm.level,
    handling: alarm.said !== null ? "done" : waits ? "waiting" : "note",
    acknowledged: alarm.said !== null ? "yes" : "no",
    title: alarm.title,
    message: alarm.message,
    do: alarm.what,
    actions: JSON.stringify(alarm.actions),
    url: alarm.url,
  });
  card.append(line("h3", "h6 mb-1", `${LEVELS[alarm.level]} ${alarm.title}`));
  if (alarm.message !== "" && alarm.message !== alarm.title) card.append(line("p", "mb-1", alarm.message));
  const done = alarm.by === "" ? `“${alarm.said}”` : `${alarm.by}: “${alarm.said}”`;
  card.append(line("p", "mb-1 text-body-secondary", alarm.said === null ? alarm.what : done));
  return card;
}

/** The bell counts what waits, and takes the colour of the gravest. */
export function ring(list: HTMLElement): void {
  const bell = document.querySelector<HTMLElement>("#bell");
  if (!bell) return;
  const waiting = Array.from(list.querySelectorAll<HTMLElement>('[data-handling="waiting"]'));
  const count = waiting.length;
  const gravest = waiting.some((card) => card.dataset.level === "red") ? "red" : "amber";
  bell.dataset.alarmCount = String(count);
  if (count > 0) bell.dataset.level = gravest;
  else delete bell.dataset.level;
  bell.setAttribute("aria-label", `${count} alarm${count === 1 ? "" : "s"} to act on`);
  const shown = bell.querySelector(".bell-count");
  if (shown) shown.textContent = String(count);
}

function line(tag: string, classes: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = classes;
  element.textContent = text;
  return element;
}
