/** Field values as they travel: plain JSON, where nothing has more than one spelling. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Values = Record<string, Json>;

/** What somebody has not filled in: null, "", an empty list or an empty mapping. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** Whether two values say the same: 112 and "112" do, one instant in two zones does, all kinds of empty do. */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  if (typeof one === "string" && typeof other === "string" && INSTANT.test(one) && INSTANT.test(other)) {
    return minuteOf(one) === minuteOf(other);
  }
  if (typeof one === "object" || typeof other === "object") return ordered(one) === ordered(other);
  return String(one) === String(other);
}

function minuteOf(instant: string): number | string {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? instant : Math.floor(at / 60_000);
}

function ordered(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value).filter((key) => !isEmpty(value[key]));
    return `{${keys
      .sort()
      .map((key) => `${key}:${ordered(value[key])}`)
      .join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}
