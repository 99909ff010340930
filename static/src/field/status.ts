/** The words at the top of the page that say where the typing is. */
import { hoursAndMinutes } from "../lib/wall-clock.ts";
import type { State } from "./saver.ts";

const ICONS: Readonly<Record<State, string>> = {
  idle: "check-circle",
  saving: "refresh",
  saved: "check-circle",
  waiting: "cloud-off",
  signed_out: "lock",
  attention: "alert",
};

export function words(state: State, savedAt: Date | null, zone: string): string {
  switch (state) {
    case "idle":
      return "Nothing to save";
    case "saving":
      return "Saving…";
    case "saved":
      return savedAt ? `Saved ${hoursAndMinutes(savedAt, zone)}` : "Saved";
    case "waiting":
      return "Not saved yet – trying again";
    case "signed_out":
      return "Not saved – sign in again";
    case "attention":
      return "Needs attention";
  }
}

export function showState(state: State, savedAt: Date | null, zone: string, sentence: string): void {
  for (const chip of document.querySelectorAll<HTMLElement>("[data-save-state]")) {
    if (chip.dataset.state !== state) {
      chip.dataset.state = state;
      const use = chip.querySelector("use");
      const href = use?.getAttribute("href") ?? "";
      use?.setAttribute("href", `${href.split("#")[0]}#${ICONS[state]}`);
    }
    const text = chip.querySelector("[data-save-words]");
    const shown = words(state, savedAt, zone);
    if (text && text.textContent !== shown) text.textContent = shown;
  }
  const banner = document.querySelector<HTMLElement>("[data-save-trouble]");
  if (!banner) return;
  banner.hidden = state !== "attention" && state !== "signed_out";
  const explained = banner.querySelector("[data-save-sentence]");
  if (explained) {
    explained.textContent =
      state === "signed_out"
        ? "You have been signed out. What you typed is still on this page: sign in again in a new tab, then come back."
        : sentence;
  }
  const link = banner.querySelector<HTMLElement>("[data-sign-in]");
  if (link) link.hidden = state !== "signed_out";
}
