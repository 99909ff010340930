/** How to put the app on the home screen: by one tap where the browser offers it, else by pictures. */
import "./install.css";
import { register } from "./app.ts";

interface InstallEvent extends Event {
  prompt(): Promise<{ readonly outcome: "accepted" | "dismissed" }>;
}

type Device = "ipad" | "android" | "other";

let offered: InstallEvent | null = null;
let changed: () => void = () => {};

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event as InstallEvent;
  changed();
});
addEventListener("appinstalled", () => {
  offered = null;
  changed();
});

/** Whether this page is the app from the home screen and not a tab. */
export function isInstalled(): boolean {
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

register(
  "install",
  (outlet, _params, app) => {
    outlet.replaceChildren(app.part("install"));
    const shown = (part: string, on: boolean): void => {
      for (const each of outlet.querySelectorAll<HTMLElement>(`[data-install-for="${part}"]`))
        each.hidden = !on;
    };
    const show = (): void => {
      const kind = device();
      shown("done", isInstalled());
      shown("not-done", !isInstalled());
      shown("prompt", offered !== null);
      shown("ipad", kind !== "android");
      shown("android", kind !== "ipad" && offered === null);
    };
    changed = show;
    show();
    outlet.querySelector("[data-install-now]")?.addEventListener("click", () => void install(outlet));
    return () => {
      changed = () => {};
    };
  },
  { open: true, title: "Put this on the home screen" },
);

async function install(outlet: HTMLElement): Promise<void> {
  const event = offered;
  if (!event) return;
  const { outcome } = await event.prompt();
  const said = outlet.querySelector("[data-install-said]");
  if (!said) return;
  said.textContent =
    outcome === "accepted"
      ? "Installed. Open it from the home screen."
      : "Not installed. Tap Install when you are ready.";
}
