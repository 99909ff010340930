export { onceRecord } from "./ids.ts";
export { type Options, openTablet } from "./tablet.ts";
export * from "./types.ts";
