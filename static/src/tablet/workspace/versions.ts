/** The form an entry is shown on: the one it was begun on, as long as it can be had. */
import type { App, Bundle, FormFragment, FormLine } from "../app.ts";
import type { LocalEntry } from "../store/index.ts";

export interface FormOf {
  readonly form: FormFragment;
  /** Said above the form; "" for the version in use. */
  readonly note: string;
}

const OLDER =
  "Begun on an earlier version of this form, and shown on it: it ends on the questions it began with.";
const GONE =
  "Begun on an earlier version of this form that this tablet does not hold. It is shown on today's questions: read " +
  "each answer again before you sign. With a signal, open it again to see the earlier form.";

/** What the list says of a questionnaire: its version, and the digest of the form by each version before. */
interface Questionnaire extends FormLine {
  readonly instrument?: number;
  readonly before?: Readonly<Record<string, string>>;
}

type Begun = Pick<LocalEntry, "form" | "begun" | "instrument">;

/** Throws `NoForm` where even the newest is not here. */
export async function formOf(app: Pick<App, "form">, bundle: Bundle, entry: Begun): Promise<FormOf> {
  const line = bundle.forms[entry.form];
  const wanted = await shaOf(bundle, entry);
  if (wanted === "" || wanted === line?.sha) return { form: await app.form(entry.form), note: "" };
  if (wanted !== null) {
    try {
      return { form: await app.form(wanted), note: OLDER };
    } catch {
      // Not kept here, and no network to fetch it by: the newest stands in.
    }
  }
  return { form: await app.form(entry.form), note: GONE };
}

/** The digest of the form it was begun on: "" when that is the newest, null when nothing here names it. */
async function shaOf(bundle: Bundle, { form, begun, instrument }: Begun): Promise<string | null> {
  const line: Questionnaire | undefined = bundle.forms[form];
  if (!line) return "";
  if (instrument !== undefined && instrument !== null)
    return instrument === (line.instrument ?? instrument) ? "" : (line.before?.[String(instrument)] ?? null);
  if (!begun || line.sha.startsWith(begun)) return "";
  return (await kept()).find((sha) => sha.startsWith(begun)) ?? null;
}

/** Digests of the forms kept for use without a network. */
async function kept(): Promise<string[]> {
  const names = (await globalThis.caches?.keys().catch(() => [])) ?? [];
  const found = await Promise.all(
    names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
  );
  return found.flat().flatMap((url) => /\/field\/forms\/([0-9a-f]{64})\//.exec(url)?.[1] ?? []);
}
