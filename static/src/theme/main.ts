/**
 * The brightness of the pages: as the device has it, or as somebody chose on this device. Loaded before anything is
 * painted, so that no page flashes white in a dark cab. What is kept (`mih-theme`) says nothing about a person.
 */
(() => {
  const KEY = "mih-theme";
  const CHOICES = ["light", "dark", "night"] as const;
  type Choice = (typeof CHOICES)[number];
  const asked = matchMedia("(prefers-color-scheme: dark)");

  function known(value: string | null | undefined): Choice | undefined {
    return CHOICES.find((choice) => choice === value);
  }

  function kept(): Choice | undefined {
    try {
      return known(localStorage.getItem(KEY));
    } catch {
      return undefined; // storage is forbidden on this device: follow its own setting
    }
  }

  function apply(): void {
    const choice = kept() ?? (asked.matches ? "dark" : "light");
    const root = document.documentElement;
    root.dataset.bsTheme = choice === "light" ? "light" : "dark";
    root.dataset.mihTheme = choice;
    for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }

  apply();
  document.addEventListener("DOMContentLoaded", apply);
  asked.addEventListener("change", apply);
  addEventListener("storage", apply);
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-theme-choice]") : null;
    const choice = known(button?.dataset.themeChoice);
    if (choice) {
      try {
        localStorage.setItem(KEY, choice);
      } catch {
        document.documentElement.dataset.mihTheme = choice;
      }
      apply();
    }
  });
})();
