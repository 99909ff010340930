/** A definition as it stands in `mih/instruments/definitions/`; see `docs/instruments.md`. */

export type Text = string | { readonly en: string; readonly [language: string]: string };

/** One answer: an option's value, a yes or no, or a reading. */
export type Value = string | number | boolean;

export interface Comparison {
  readonly item?: string;
  readonly points?: string;
  readonly scale?: string;
  readonly band?: string;
  readonly context?: string;
  readonly op: "exists" | "eq" | "ne" | "in" | "gt" | "gte" | "lt";
  readonly value: Value | readonly Value[];
}

export type Condition =
  | Comparison
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

export interface Rung {
  readonly to?: number;
  readonly points: number;
}

export interface Option {
  readonly value: string | number;
  readonly label: Text;
  readonly points: number;
}

export interface Item {
  readonly key: string;
  readonly label: Text;
  readonly text: Text;
  readonly type: "choice" | "yes_no" | "number";
  readonly required: boolean;
  readonly scored: boolean;
  readonly help?: Text;
  readonly options?: readonly Option[];
  readonly show_when?: Condition;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly also?: readonly number[];
  readonly decimals?: number;
  readonly tables?: readonly { readonly when?: Condition; readonly rungs: readonly Rung[] }[];
  readonly derive?: { readonly from: string; readonly unit: string; readonly rungs: readonly Rung[] };
  readonly default?: string | number;
}

export interface Scale {
  readonly key: string;
  readonly title: Text;
  readonly kind: "sum" | "max" | "count" | "ladder";
  readonly items: readonly string[];
  readonly bands: readonly {
    readonly key: string;
    readonly label: Text;
    readonly from: number;
    readonly to: number;
    readonly when?: Condition;
  }[];
  readonly rungs?: readonly { readonly when?: Condition; readonly value: number }[];
}

export interface Definition {
  readonly key: string;
  readonly version: number;
  readonly title: Text;
  readonly short_title: string;
  readonly primary: string;
  readonly has_total: boolean;
  readonly items: readonly Item[];
  readonly scales: readonly Scale[];
  readonly flags: readonly {
    readonly code: string;
    readonly level: Level;
    readonly text: Text;
    readonly when: Condition;
    readonly unless?: readonly string[];
  }[];
  readonly notes: readonly {
    readonly key: string;
    readonly text: Text;
    readonly when: Condition;
    readonly no_score?: boolean;
  }[];
}

export type Level = "red" | "amber" | "info";

/** The words in a language, or in English when the definition has no such wording. */
export function say(text: Text, language = "en"): string {
  return typeof text === "string" ? text : text[language] || text.en;
}
