export { onceRecord } from "./ids.ts";
export type { Options } from "./options.ts";
export { openTablet } from "./tablet.ts";
export * from "./types.ts";
