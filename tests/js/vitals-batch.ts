/** Judges sets of vital signs from standard input: first the scoring data, then one JSON [set, around, when] a line. */
import { readFileSync } from "node:fs";
import { celsius, findings, pressureProblem, type Vitals } from "../../static/src/lib/vitals-limits.ts";
import { type Around, alarmsDue, type Scoring, withTotal } from "../../static/src/lib/vitals-scores.ts";

const [first = "{}", ...lines] = readFileSync(0, "utf8").split("\n");
const scoring: Scoring = JSON.parse(first);
const results = lines.map((line) => {
  const [given, around, when, typed]: [Vitals, Around, string, string] = JSON.parse(line);
  const set = withTotal(given);
  const found = Object.keys(scoring.limits.fields).flatMap((name) =>
    findings(name, set[name], scoring.limits),
  );
  return JSON.stringify({
    findings: [...found, ...findings("avpu", set.avpu, scoring.limits)].map(({ level, sentence }) => [
      level,
      sentence,
    ]),
    pressure: pressureProblem(set.sbp, set.dbp, scoring.limits),
    alarms: Object.fromEntries(alarmsDue(set, around, scoring, when)),
    celsius: celsius(typed, scoring.limits),
  });
});
process.stdout.write(`${results.join("\n")}\n`);
