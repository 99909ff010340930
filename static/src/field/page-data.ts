/** Data that a page carries for its code, in a script element of type application/json. */
export function json<T>(selector: string, root: ParentNode | null = document): T | null {
  const text = root?.querySelector(selector)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}
