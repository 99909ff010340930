// Bundles static/src/ into static/dist/: <area>/main.ts, <area>/sw.ts, css/*.css. With --dev, adds source maps.
import { glob, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const dev = process.argv.includes("--dev");

async function found(...patterns) {
  return (await Array.fromAsync(glob(patterns, { cwd: root }))).sort();
}

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: !dev,
  sourcemap: dev ? "linked" : false,
  outbase: "static/src",
  outdir: "static/dist",
  target: ["es2022", "chrome109", "safari16.4", "firefox115"],
  loader: { ".woff2": "file", ".woff": "file", ".svg": "file", ".png": "file" },
  assetNames: "assets/[name]-[hash]",
  external: ["/static/*"],
  legalComments: "linked",
  logLevel: "warning",
};

await rm(resolve(root, "static/dist"), { recursive: true, force: true });
const modules = await found("static/src/*/main.ts");
const workers = await found("static/src/*/sw.ts");
const styles = await found("static/src/css/*.css");
await build({ ...shared, entryPoints: modules, format: "esm", splitting: false });
await build({ ...shared, entryPoints: workers, format: "iife" });
await build({ ...shared, entryPoints: styles });
console.log(`Built ${[...modules, ...workers, ...styles].length} files of browser code into static/dist/`);
