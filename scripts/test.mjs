// Runs the unit tests of the browser code; says so when there is none instead of passing in silence.
import { spawnSync } from "node:child_process";
import { glob } from "node:fs/promises";

const files = await Array.fromAsync(glob("tests/js/**/*.test.ts"));
if (files.length === 0) {
  console.error("No test under tests/js/. The browser code must be tested.");
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["--test", ...process.argv.slice(2), ...files.sort()], {
  stdio: "inherit",
});
process.exit(status ?? 1);
