// Bootstrap without the rules that nothing of ours names. A class that a template, a form or a script gains comes back at
// the next build; a class put together from pieces would not be found, so classes are written out whole.
import { glob } from "node:fs/promises";
import { PurgeCSS } from "purgecss";

const OURS = ["templates/**/*.html", "mih/**/*.py", "static/src/**/*.ts"];
const PACKS = ".venv/lib/python3*/site-packages";
const THEIRS = [`${PACKS}/crispy_bootstrap5/templates/**/*.html`, `${PACKS}/crispy_forms/**/*.py`];
const WORDS = /[A-Za-z0-9_-]+/g;

export function purgeBootstrap(root) {
  return {
    name: "purge-bootstrap",
    setup(build) {
      build.onLoad({ filter: /bootstrap[/\\]dist[/\\]css[/\\]bootstrap\.css$/ }, async ({ path }) => {
        const theirs = await Array.fromAsync(glob(THEIRS, { cwd: root }));
        if (theirs.length === 0) throw new Error("The Python packages are not installed. Run: make setup");
        const found = await new PurgeCSS().purge({
          css: [path],
          content: [...OURS, ...THEIRS].map((pattern) => `${root}/${pattern}`),
          defaultExtractor: (content) => content.match(WORDS) ?? [],
        });
        return { contents: found[0].css, loader: "css" };
      });
    },
  };
}
