/** The forms this tablet holds. They carry no data of a person; the service worker keeps them for use without a signal. */
import type { Bundle, FormFragment } from "../app.ts";

const LIST = "/field/bundle/";
const PATIENCE = 10_000;

/** The form is not on this tablet and cannot be had now. Its message is for people. */
export class NoForm extends Error {}

export class Forms {
  #list: Promise<Bundle> | null = null;
  readonly #bySha = new Map<string, Promise<FormFragment>>();

  bundle(): Promise<Bundle> {
    this.#list ??= load<Bundle>(LIST).catch((fault: unknown) => {
      this.#list = null;
      throw fault;
    });
    return this.#list;
  }

  async form(keyOrSha: string): Promise<FormFragment> {
    const line = (await this.bundle()).forms[keyOrSha];
    const sha = line?.sha ?? keyOrSha;
    let found = this.#bySha.get(sha);
    if (!found) {
      found = load<FormFragment>(`/field/forms/${encodeURIComponent(sha)}/`)
        .then((form) => ({ ...form, sha }))
        .catch((fault: unknown) => {
          this.#bySha.delete(sha);
          throw fault;
        });
      this.#bySha.set(sha, found);
    }
    return found;
  }

  /** Asks for the list anew: the server has newer forms. */
  forget(): void {
    this.#list = null;
  }
}

async function load<Kind>(address: string): Promise<Kind> {
  const sentence = "This form is not on the tablet yet. Connect to a network once, and it is kept here.";
  let response: Response;
  try {
    response = await fetch(address, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new NoForm(sentence);
  }
  if (!response.ok || response.redirected) throw new NoForm(sentence);
  try {
    return (await response.json()) as Kind;
  } catch {
    throw new NoForm(sentence);
  }
}
