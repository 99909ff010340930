/** Fills the screens' templates: text only, never markup. */

/** The element `[data-slot=name]` of a screen. Throws when the template has none. */
export function slot(root: ParentNode, name: string): HTMLElement {
  return need(root, `[data-slot="${name}"]`);
}

/** The first element that fits. Throws when there is none: a template and its screen disagree. */
export function need<Kind extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): Kind {
  const found = root.querySelector<Kind>(selector);
  if (!found) throw new Error(`The screen has no ${selector}`);
  return found;
}

/** Puts words into slots; an empty text hides its slot. */
export function fill(root: ParentNode, words: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(words)) {
    const place = slot(root, name);
    place.textContent = text;
    place.hidden = text === "";
  }
}

/** A copy of `<template data-row=name>` for one line of a list. */
export function row(root: ParentNode, name: string): HTMLElement {
  const template = need<HTMLElement>(root, `template[data-row="${name}"]`) as unknown as HTMLTemplateElement;
  const made = template.content.firstElementChild?.cloneNode(true);
  if (!(made instanceof HTMLElement)) throw new Error(`The row ${name} is empty`);
  return made;
}

export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  classes = "",
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

/** A symbol of the icon sheet; words stand beside it. */
export function icon(name: string, classes = ""): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${classes}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${iconSheet()}#${name}`);
  svg.append(use);
  return svg;
}

/** Shows another symbol in an icon that stands. */
export function turnIcon(place: ParentNode, name: string): void {
  const use = place.querySelector("use");
  const sheet = (use?.getAttribute("href") ?? "").split("#")[0];
  if (use && use.getAttribute("href") !== `${sheet}#${name}`) use.setAttribute("href", `${sheet}#${name}`);
}

function iconSheet(): string {
  return document.querySelector<HTMLElement>("[data-tablet]")?.dataset.icons ?? "";
}
