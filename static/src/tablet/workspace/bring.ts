/**
 * Brings `place` to hold `fresh`, leaving alone whatever is the same. What is kept on the tablet is drawn anew after
 * each save, and a finger or the focus may be on any of it: a link that is replaced between touch and release is a tap
 * that is lost. For markup without listeners of its own.
 */
export function bring(place: Element, fresh: readonly Node[]): void {
  fresh.forEach((node, at) => {
    const old = place.childNodes[at];
    if (old === undefined) place.append(node);
    else if (old.isEqualNode(node)) return;
    else if (old instanceof Element && node instanceof Element && old.tagName === node.tagName) {
      attributes(old, node);
      bring(old, Array.from(node.childNodes));
    } else old.replaceWith(node);
  });
  while (place.childNodes.length > fresh.length) place.lastChild?.remove();
}

function attributes(old: Element, fresh: Element): void {
  for (const { name } of Array.from(old.attributes)) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of Array.from(fresh.attributes))
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
