/**
 * Scores answer sheets by the exported Questionnaires alone, with the independent FHIRPath engine `fhirpath`.
 *
 * Standard input: {questionnaires: {name: Questionnaire}, sheets: [{name, items, patient}]}, where `items` are the
 * answered items of a QuestionnaireResponse, answers to disabled questions among them. Standard output: for each sheet
 * the enabled questions, the required ones left open, and the value of every calculated expression. Which questions
 * apply follows FHIR's own rules for enableWhen, written here anew.
 */
import { readFileSync } from "node:fs";
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";

interface Coding {
  system?: string;
  code?: string;
}
interface Answer {
  valueCoding?: Coding;
  valueInteger?: number;
  valueDecimal?: number;
}
interface EnableWhen {
  question: string;
  operator: string;
  answerBoolean?: boolean;
  answerCoding?: Coding;
  answerInteger?: number;
  answerDecimal?: number;
}
interface QuestionnaireItem {
  linkId: string;
  required?: boolean;
  readOnly?: boolean;
  enableWhen?: EnableWhen[];
  enableBehavior?: "all" | "any";
  answerOption?: { initialSelected?: boolean }[];
  extension?: { url: string; valueExpression?: { expression: string } }[];
}
interface Questionnaire {
  item: QuestionnaireItem[];
}
interface ResponseItem {
  linkId: string;
  answer: Answer[];
}
interface Sheet {
  name: string;
  items: ResponseItem[];
  patient: Record<string, unknown>;
}
interface Input {
  questionnaires: Record<string, Questionnaire>;
  sheets: Sheet[];
}

type Compiled = (resource: unknown, environment: Record<string, unknown>) => unknown[];

const CALCULATED = /sdc-questionnaire-calculatedExpression$/;

// The package types its own model more loosely than its own argument.
const model = r4 as unknown as Parameters<typeof fhirpath.compile>[1];
const input: Input = JSON.parse(readFileSync(0, "utf8"));
const compiled = new Map<string, Map<string, Compiled>>();
for (const [name, questionnaire] of Object.entries(input.questionnaires)) {
  const paths = new Map<string, Compiled>();
  for (const item of questionnaire.item) {
    const path = item.extension?.find(({ url }) => CALCULATED.test(url))?.valueExpression?.expression;
    if (path) paths.set(item.linkId, fhirpath.compile(path, model) as Compiled);
  }
  compiled.set(name, paths);
}

const results = input.sheets.map(({ name, items, patient }) => {
  const questionnaire = input.questionnaires[name];
  if (questionnaire === undefined) throw new RangeError(`There is no Questionnaire ${name}.`);
  const given = new Map(items.map((item) => [item.linkId, item.answer]));
  const asked = questionnaire.item.filter((item) => !item.readOnly);
  const enabled: QuestionnaireItem[] = [];
  for (const item of asked) {
    if (isEnabled(item, given)) enabled.push(item);
    else given.delete(item.linkId);
  }
  const resource = {
    resourceType: "QuestionnaireResponse",
    item: [...given].map(([linkId, answer]) => ({ linkId, answer })),
  };
  const calculated: Record<string, unknown> = {};
  for (const [linkId, path] of compiled.get(name) ?? []) {
    const found = path(resource, { resource, questionnaire, patient });
    calculated[linkId] = found[0] ?? null;
  }
  const hasInitial = (item: QuestionnaireItem) => item.answerOption?.some((option) => option.initialSelected);
  return {
    enabled: enabled.map((item) => item.linkId),
    open: enabled
      .filter((item) => item.required && !hasInitial(item) && !given.has(item.linkId))
      .map((item) => item.linkId),
    calculated,
  };
});
process.stdout.write(`${results.map((result) => JSON.stringify(result)).join("\n")}\n`);

function isEnabled(item: QuestionnaireItem, given: Map<string, Answer[]>): boolean {
  const tests = item.enableWhen ?? [];
  if (tests.length === 0) return true;
  const verdicts = tests.map((test) => passes(test, given.get(test.question) ?? []));
  return item.enableBehavior === "all" ? verdicts.every(Boolean) : verdicts.some(Boolean);
}

function passes(test: EnableWhen, answers: Answer[]): boolean {
  if (test.operator === "exists") return answers.length > 0 === test.answerBoolean;
  return answers.some((answer) => {
    if (test.answerCoding) {
      const same =
        answer.valueCoding?.code === test.answerCoding.code &&
        answer.valueCoding?.system === test.answerCoding.system;
      return test.operator === "=" ? same : !same;
    }
    const reading = answer.valueInteger ?? answer.valueDecimal;
    const limit = test.answerInteger ?? test.answerDecimal;
    if (reading === undefined || limit === undefined) return false;
    const verdicts: Record<string, boolean> = {
      "=": reading === limit,
      "!=": reading !== limit,
      ">": reading > limit,
      ">=": reading >= limit,
      "<": reading < limit,
    };
    return verdicts[test.operator] ?? false;
  });
}
