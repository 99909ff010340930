/** Argon2id alone: fetched when a PIN is about to be entered. */
export { argon2id } from "hash-wasm";
