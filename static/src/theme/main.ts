/** The brightness somebody chose on this device. Loaded in the head of every page; holds nothing personal. */
const KEY = "mih-theme";
type Choice = "light" | "dark" | "night";

function chosen(): Choice {
  const kept = localStorage.getItem(KEY);
  if (kept === "light" || kept === "dark" || kept === "night") {
    return kept;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function apply(choice: Choice): void {
  const root = document.documentElement;
  root.dataset.bsTheme = choice === "light" ? "light" : "dark";
  root.dataset.mihTheme = choice;
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

apply(chosen());
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
  const choice = button?.dataset.themeChoice;
  if (choice === "light" || choice === "dark" || choice === "night") {
    localStorage.setItem(KEY, choice);
    apply(choice);
  }
});
