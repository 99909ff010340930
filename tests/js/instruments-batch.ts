/** Scores answer sheets from standard input, one JSON array [instrument, version, answers, context] a line. */
import { readFileSync } from "node:fs";
import { type Answers, type Context, type Definition, score } from "../../static/src/lib/instruments.ts";

const definitions = new Map<string, Definition>();

function definition(name: string): Definition {
  const known = definitions.get(name);
  if (known) return known;
  const url = new URL(`../../mih/instruments/definitions/${name}.json`, import.meta.url);
  const read: Definition = JSON.parse(readFileSync(url, "utf8"));
  definitions.set(name, read);
  return read;
}

const results = readFileSync(0, "utf8")
  .split("\n")
  .map((line) => {
    const [key, version, answers, context]: [string, number, Answers, Context] = JSON.parse(line);
    return JSON.stringify(score(definition(`${key}.v${version}`), answers, context));
  });
process.stdout.write(`${results.join("\n")}\n`);
