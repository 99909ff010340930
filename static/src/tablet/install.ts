/** The browser's offer to put the app on the home screen: it comes once, maybe before anybody asks for it. */

interface InstallEvent extends Event {
  prompt(): Promise<{ readonly outcome: "accepted" | "dismissed" }>;
}

export const offer: { event: InstallEvent | null; changed: () => void } = { event: null, changed: () => {} };

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer.event = event as InstallEvent;
  offer.changed();
});
addEventListener("appinstalled", () => {
  offer.event = null;
  offer.changed();
});
