// Bundles static/src/ into static/dist/: <area>/main.ts, <area>/sw.ts, css/*.css. With --dev, adds source maps.
import { glob, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { purgeBootstrap } from "./purge.mjs";

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
const app = "static/src/tablet/main.ts";
await build({ ...shared, entryPoints: modules.filter((file) => file !== app), format: "esm" });
await buildApp();
await build({ ...shared, entryPoints: workers, format: "iife" });
await build({ ...shared, entryPoints: styles, plugins: [purgeBootstrap(root)] });
console.log(`Built ${[...modules, ...workers, ...styles].length} files of browser code into static/dist/`);

/**
 * The tablet's app comes in parts: what it opens with, and what is fetched when it is needed. tablet/parts.json names
 * them for the server, which tells the service worker to keep them all: `first` are those that main.js itself imports.
 */
async function buildApp() {
  const { metafile } = await build({
    ...shared,
    entryPoints: [app],
    format: "esm",
    splitting: true,
    chunkNames: "tablet/parts/[name]-[hash]",
    metafile: true,
  });
  const named = (path) => path.replace("static/dist/", "");
  const scripts = Object.keys(metafile.outputs).filter((path) => path.endsWith(".js"));
  const first = new Set();
  const follow = (path) => {
    for (const { path: next, kind } of metafile.outputs[path].imports) {
      if (kind !== "import-statement" || first.has(next)) continue;
      first.add(next);
      follow(next);
    }
  };
  const main = scripts.find((path) => metafile.outputs[path].entryPoint === app);
  follow(main);
  const parts = scripts.filter((path) => path !== main);
  const list = { first: [...first].map(named).sort(), parts: parts.map(named).sort() };
  await writeFile(resolve(root, "static/dist/tablet/parts.json"), JSON.stringify(list));
}
