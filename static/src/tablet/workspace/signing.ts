/** Where a response is read, signed and added to. */
export { record } from "./record.ts";
export { review } from "./review.ts";
