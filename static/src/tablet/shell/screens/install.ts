/** How to put the app on the home screen: by one tap where the browser offers it, else by pictures. */
import type { Screen } from "../../app.ts";
import { offer } from "../../install.ts";
import { background } from "../background.ts";

type Device = "ipad" | "android" | "other";

/** Whether this page is the app from the home screen and not a tab. */
function isInstalled(): boolean {
  const onIpad = (navigator as { standalone?: boolean }).standalone === true;
  return onIpad || matchMedia("(display-mode: standalone)").matches;
}

/** An iPad says that it is a Mac; no Mac can be touched. */
function device(): Device {
  const agent = navigator.userAgent;
  if (/Android/.test(agent)) return "android";
  if (/iPad|iPhone/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ipad";
  return "other";
}

export const installScreen: Screen = (outlet, _params, app) => {
  outlet.replaceChildren(app.part("install"));
  const shown = (part: string, on: boolean): void => {
    for (const each of outlet.querySelectorAll<HTMLElement>(`[data-install-for="${part}"]`))
      each.hidden = !on;
  };
  const show = (): void => {
    const kind = device();
    shown("done", isInstalled());
    shown("not-done", !isInstalled());
    shown("prompt", offer.event !== null);
    shown("ipad", kind !== "android");
    shown("android", kind !== "ipad" && offer.event === null);
  };
  offer.changed = show;
  show();
  outlet.querySelector("[data-install-now]")?.addEventListener("click", () => background(install(outlet)));
  return () => {
    offer.changed = () => {};
  };
};

async function install(outlet: HTMLElement): Promise<void> {
  const event = offer.event;
  if (!event) return;
  const { outcome } = await event.prompt();
  const said = outlet.querySelector("[data-install-said]");
  if (!said) return;
  said.textContent =
    outcome === "accepted"
      ? "Installed. Open it from the home screen."
      : "Not installed. Tap Install when you are ready.";
}
