/** The check before a shift: all green, or what to do. */
import type { App, Screen } from "../../app.ts";
import type { Check } from "../../store/index.ts";
import { background } from "../background.ts";
import { fill, need, slot, turnIcon } from "../fill.ts";

export const checkInScreen: Screen = async (outlet, _params, app) => {
  outlet.replaceChildren(app.part("checkin"));
  let open = true;
  let running = false;
  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    verdict(outlet, "", "Checking…");
    const checks = await found(app).catch(() => null);
    running = false;
    if (!open) return;
    if (checks === null) {
      verdict(outlet, "red", "This tablet's storage does not answer. Use another tablet if this stays.");
      return;
    }
    need(outlet, "[data-checks]").replaceChildren(...checks.map((check) => line(check, app)));
    const bad = checks.filter((check) => check.ok === false).length;
    const unsure = checks.filter((check) => check.ok === null).length;
    if (bad > 0)
      verdict(outlet, "red", `${bad} ${bad === 1 ? "thing needs" : "things need"} you before you go out.`);
    else if (unsure > 0)
      verdict(outlet, "amber", `All that could be checked is well; ${unsure} could not be told.`);
    else verdict(outlet, "success", "All green. This tablet is ready to go out.");
    await app.tablet.report();
  };
  need(outlet, "[data-again]").addEventListener("click", () => background(run()));
  background(run());
  return () => {
    open = false;
  };
};

/** Throws where the storage does not answer. */
async function found(app: App): Promise<Line[]> {
  await app.tablet.persist();
  await app.tablet.pull();
  return [...(await app.tablet.checkUp()), await battery()].filter((check) => check !== null);
}

type Line = Omit<Check, "key"> & { readonly key: string };

/** Null where the browser does not tell. */
async function battery(): Promise<Line | null> {
  const ask = (navigator as { getBattery?: () => Promise<{ level: number; charging: boolean }> }).getBattery;
  if (!ask) return null;
  const { level, charging } = await ask.call(navigator);
  const percent = Math.round(level * 100);
  const ok = charging || percent >= 50;
  return {
    key: "battery",
    label: "Battery",
    ok,
    words: ok ? `${percent} %${charging ? ", charging" : ""}.` : `${percent} %. Charge it before you go out.`,
  };
}

function line(check: Line, app: App): HTMLElement {
  const made = need(app.part("check"), "[data-check]");
  made.dataset.check = check.key;
  made.className = `check ${check.ok === true ? "met" : check.ok === false ? "unmet" : "unknown"}`;
  turnIcon(made, check.ok === true ? "check-circle" : check.ok === false ? "alert" : "info");
  fill(made, { label: check.label, words: check.words });
  slot(made, "state").textContent =
    check.ok === true ? ": well" : check.ok === false ? ": not well" : ": could not be told";
  return made;
}

function verdict(outlet: HTMLElement, level: string, words: string): void {
  const place = need(outlet, "[data-verdict]");
  place.className = `alarm${level ? ` level-${level}` : ""}`;
  turnIcon(place, level === "success" ? "check-circle" : level === "" ? "refresh" : "alert");
  slot(outlet, "verdict").textContent = words;
}
