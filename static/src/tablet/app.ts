/** What a screen of the tablet gets, gives and promises; the list of screens. */
import type { Tablet, Unlocked } from "./store/types.ts";

/** Called when the screen is left or the tablet locks: keep what is typed, then let go of everything. */
export type Leave = () => void | Promise<void>;

/** Fills `outlet` for the words after its name in the hash. Its promise resolves once the screen stands. */
export type Screen = (outlet: HTMLElement, params: readonly string[], app: App) => Promise<Leave> | Leave;

/** How to leave a screen that listens already, once it is shown. One that cannot be shown lets go of everything first. */
export async function stands(shown: Promise<void>, leave: Leave): Promise<Leave> {
  try {
    await shown;
  } catch (fault) {
    await leave();
    throw fault;
  }
  return leave;
}

/** A form as the server rendered it for everybody: no data of a person in it. */
export interface FormFragment {
  readonly key: string;
  readonly sha: string;
  readonly version: number;
  readonly title: string;
  readonly icon: string;
  readonly html: string;
  readonly kinds: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly instrument: unknown;
  readonly timed: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly keypad: string | null;
  /** Fields asked only where the entry's values name them. */
  readonly unasked?: readonly string[];
}

/** What the list of forms says of one, without its markup. */
export interface FormLine {
  readonly sha: string;
  readonly version: number;
  readonly title: string;
  readonly group: string;
  readonly order: number;
  readonly icon: string;
  readonly section: string;
  readonly repeatable: boolean;
  readonly segment: string | null;
  readonly programmes: readonly string[];
  readonly add_label: string;
  readonly offered: boolean;
}

export interface Bundle {
  readonly sha: string;
  readonly forms: Readonly<Record<string, FormLine>>;
  readonly groups: readonly unknown[];
}

export interface App {
  readonly tablet: Tablet;
  /** Whoever unlocked the tablet. Throws on the few screens that stand while it is locked. */
  readonly user: Unlocked;
  /** The agency's time zone. */
  readonly zone: string;
  /** Turns to a screen: `go("#/unsent")`. Going where one already is builds the screen anew. */
  go(hash: string): void;
  /** The list of forms this tablet holds. */
  bundle(): Promise<Bundle>;
  /** A form by its key (the newest) or by the digest a draft was begun with. Throws `NoForm`. */
  form(keyOrSha: string): Promise<FormFragment>;
  /** A copy of `<template data-screen=name>`. */
  part(name: string): DocumentFragment;
  /** Says something at the edge of the screen, for eyes and screen readers. No personal data. */
  announce(text: string): void;
  /** Locks at once, as the lock button does. */
  lock(): Promise<void>;
}

export interface ScreenOptions {
  /** Stands while nobody has unlocked the tablet. */
  readonly open?: boolean;
  /** Brings its own top bar with `[data-status-place]`, where the shell puts its one status place. */
  readonly ownBar?: boolean;
  /** The words of the page's title: never personal data. */
  readonly title: string;
}

export interface Registered extends ScreenOptions {
  readonly name: string;
  readonly screen: Screen;
}

/** A screen whose code is fetched when it is first shown; on a tablet the worker keeps it. */
export function later(load: () => Promise<Screen>): Screen {
  return async (outlet, params, app) => {
    const screen = await load().catch((fault: unknown) => {
      console.error(fault);
      throw new Error("This part of the app is not on the tablet yet. Connect to a network and try again.");
    });
    return screen(outlet, params, app);
  };
}

const screens = new Map<string, Registered>();

/** Makes `#/name/…` show `screen`; the name of the start screen is "". */
export function register(name: string, screen: Screen, options: ScreenOptions): void {
  screens.set(name, { name, screen, ...options });
}

export function screenNamed(name: string): Registered | undefined {
  return screens.get(name);
}
