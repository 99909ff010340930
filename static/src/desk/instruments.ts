/** An instrument's own form on its page, to be tried: it scores as on the tablet, and keeps nothing. */
import type { Definition } from "../lib/instrument-definition.ts";
import { bindInstrument } from "../lib/instrument-form.ts";

export function wireInstrumentPreview(): void {
  const preview = document.querySelector<HTMLElement>("[data-instrument-preview]");
  const block = preview?.querySelector<HTMLElement>("[data-instrument]");
  const words = document.getElementById("instrument-definition")?.textContent;
  if (!preview || !block || !words) return;
  const bound = bindInstrument(block, JSON.parse(words) as Definition);
  preview.addEventListener("submit", (event) => event.preventDefault());
  preview.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-preview]")) {
      bound.update(person(preview));
    }
  });
}

function person(preview: HTMLElement): Record<string, string | number> {
  const known: Record<string, string | number> = {};
  const age = preview.querySelector<HTMLInputElement>("[data-preview=age]")?.value;
  const sex = preview.querySelector<HTMLSelectElement>("[data-preview=sex]")?.value;
  if (age) known.age = Number(age);
  if (sex) known.sex = sex;
  return known;
}
