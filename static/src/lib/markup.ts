/**
 * The one door through which text becomes markup or code on the tablet. Its document forbids every other (Trusted
 * Types); what comes through is what our own server rendered, never what somebody typed.
 */
interface Door {
  createHTML(text: string): string;
  createScriptURL(address: string): string;
}

const WORKER = "/field/sw.js";

function made(): Door {
  const rules: Door = {
    createHTML: (text) => text,
    createScriptURL: (address) => {
      if (address !== WORKER) throw new TypeError("Only the tablet's own worker may be started");
      return address;
    },
  };
  const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Door): Door } })
    .trustedTypes;
  return factory ? factory.createPolicy("mih", rules) : rules;
}

let door: Door | undefined;

/** Markup that our server rendered, for `innerHTML` and `DOMParser`. */
export function markup(text: string): string {
  door ??= made();
  return door.createHTML(text);
}

/** The address of the service worker, for `register`. Throws for any other. */
export function scriptAddress(address: string): string {
  door ??= made();
  return door.createScriptURL(address);
}
