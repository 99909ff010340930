export { onceRecord } from "./ids.ts";
export * from "./types.ts";
