// Unpacks the Chromium of the npm package into var/chromium/ once and prints the path of its starter.
// CHROMIUM names another browser instead.
import { spawnSync } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

async function unpacked() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "The browser tests bring a Chromium for Linux on x64 only. Set CHROMIUM to the path of yours.",
    );
  }
  const bin = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "..", "bin");
  const { version } = JSON.parse(await readFile(join(bin, "..", "package.json"), "utf8"));
  const place = join(resolve(process.env.MIH_VAR_DIR || join(root, "var")), "chromium");
  const home = join(place, version);
  const starter = join(home, "chrome");
  if (await exists(starter)) return starter;

  await mkdir(place, { recursive: true });
  const unfinished = await mkdtemp(join(place, "unfinished-"));
  await chmod(unfinished, 0o755);
  try {
    process.env.TMPDIR = unfinished; // where the package unpacks to
    const { inflate } = await import("@sparticuz/chromium");
    for (const archive of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"]) {
      await inflate(join(bin, archive));
    }
    await chmod(join(unfinished, "chromium"), 0o755);
    await writeFile(join(unfinished, "fonts.conf"), fonts(home));
    await writeFile(join(unfinished, "chrome"), start(unfinished), { mode: 0o755 });
    await rename(unfinished, home);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(starter))) throw error; // otherwise another process was faster
  }
  return starter;
}

function start(folder) {
  // The package's own libraries are older than a desktop's, so they serve only where the system has none.
  const complete = spawnSync(join(folder, "chromium"), ["--version"]).status === 0;
  return [
    "#!/bin/sh",
    'here=$(dirname "$0")',
    'export FONTCONFIG_FILE="$here/fonts.conf"',
    ...(complete ? [] : ['export LD_LIBRARY_PATH="$here/al2023/lib"']),
    'exec "$here/chromium" "$@"',
    "",
  ].join("\n");
}

// A server may have no font at all; the package brings one.
function fonts(home) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/font-cache</cachedir>
</fontconfig>
`;
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

try {
  console.log(process.env.CHROMIUM || (await unpacked()));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
