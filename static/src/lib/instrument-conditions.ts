/**
 * Whether a condition holds; `mih/instruments/conditions.py` is the authority. A missing value makes every
 * comparison false, `ne` too; only `exists` with false is true of it.
 */
import type { Comparison, Condition, Value } from "./instrument-definition.ts";

/** What is known so far while an answer sheet is scored. */
export interface Known {
  readonly item: Map<string, Value>;
  readonly points: Map<string, number>;
  readonly scale: Map<string, number>;
  readonly band: Map<string, string>;
  readonly context: Map<string, unknown>;
}

const SUBJECTS = ["item", "points", "scale", "band", "context"] as const;

export function holds(condition: Condition | undefined, known: Known): boolean {
  if (condition === undefined) return true;
  if ("all" in condition) return condition.all.every((part) => holds(part, known));
  if ("any" in condition) return condition.any.some((part) => holds(part, known));
  const value = valueFor(condition, known);
  if (condition.op === "exists") return (value !== undefined) === condition.value;
  return value !== undefined && compare(value, condition);
}

function valueFor(comparison: Comparison, known: Known): unknown {
  for (const subject of SUBJECTS) {
    const name = comparison[subject];
    if (name !== undefined) return known[subject].get(name) ?? undefined;
  }
  return undefined;
}

function compare(value: unknown, { op, value: operand }: Comparison): boolean {
  if (op === "in") return Array.isArray(operand) && operand.includes(value);
  if (op === "eq") return value === operand;
  if (op === "ne") return value !== operand;
  if (typeof value !== "number" || typeof operand !== "number") return false;
  if (op === "gt") return value > operand;
  if (op === "gte") return value >= operand;
  return value < operand;
}
