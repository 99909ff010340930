/** The room on the tablet, and what to do when it runs out. */
import { type Screen, stands } from "../../app.ts";
import type { StorageState } from "../../store/index.ts";
import { background } from "../background.ts";
import { need, slot, turnIcon } from "../fill.ts";
import { saveSealedFile, sendNow } from "../sending.ts";

const VERDICTS: Readonly<Record<StorageState["level"], readonly [string, string, string]>> = {
  ok: ["success", "check-circle", "There is room on this tablet."],
  warn: ["amber", "gauge", "This tablet is running out of room."],
  full: ["red", "alert", "This tablet is full. New words may not be saved."],
  memory: [
    "red",
    "alert",
    "The tablet's storage has failed. What you write now is only on this screen: keep it open.",
  ],
};

export const storageScreen: Screen = async (outlet, _params, app) => {
  outlet.replaceChildren(app.part("storage"));
  const show = async (): Promise<void> => showState(outlet, await app.tablet.storage());
  const off = app.tablet.on("storage", () => background(show()));
  need(outlet, "[data-send-now]").addEventListener("click", () => background(sendNow(app).then(show)));
  need(outlet, "[data-save-file]").addEventListener("click", () => background(saveSealedFile(app)));
  need(outlet, "[data-persist]").addEventListener("click", async () => {
    const kept = await app.tablet.persist();
    app.announce(
      kept
        ? "The tablet will keep it."
        : "The tablet did not agree. Put the app on the home screen, then ask again.",
    );
    await show();
  });
  return stands(show(), off);
};

function showState(outlet: HTMLElement, state: StorageState): void {
  const [level, symbol, words] = VERDICTS[state.level];
  const verdict = need(outlet, "[data-verdict]");
  verdict.className = `alarm level-${level}`;
  turnIcon(verdict, symbol);
  slot(outlet, "verdict").textContent = words;
  const known = state.usage !== null && state.quota !== null && state.quota > 0;
  const bar = need<HTMLProgressElement>(outlet, "[data-progress]");
  bar.hidden = !known;
  if (known) bar.value = Math.min(100, ((state.usage ?? 0) / (state.quota ?? 1)) * 100);
  slot(outlet, "used").textContent = known
    ? `${megabytes(state.usage)} used of ${megabytes(state.quota)} that this app may use.`
    : "The tablet does not say how much room is left.";
  slot(outlet, "kept").textContent =
    state.persisted === true
      ? "The tablet has promised to keep what is stored here."
      : state.persisted === false
        ? "The tablet may clear what is stored here when it runs short. Put the app on the home screen and ask it to keep it."
        : "The tablet does not say whether it keeps what is stored here. Put the app on the home screen.";
  need(outlet, "[data-persist]").hidden = state.persisted === true;
}

function megabytes(bytes: number | null): string {
  const size = (bytes ?? 0) / 1_000_000;
  return size >= 1_000 ? `${(size / 1_000).toFixed(1)} GB` : `${Math.max(1, Math.round(size))} MB`;
}
