/** `#/details/<encounter>`: how the response was answered, law enforcement's part, and its crew. */
import type { Values } from "../../field/values.ts";
import type { App, Leave } from "../app.ts";
import { icon, make, need } from "../shell/fill.ts";
import { keeping, keepOn } from "./begun.ts";
import { plainForm } from "./plain-form.ts";
import { Scene } from "./scene.ts";

export async function details(outlet: HTMLElement, params: readonly string[], app: App): Promise<Leave> {
  const scene = await Scene.open(outlet, params[0] ?? "", app);
  if (!scene) return () => {};
  const { main } = scene;
  const fragment = await app.form("details");
  main.replaceChildren(app.part("details"));
  const form = need<HTMLFormElement>(main, "[data-details-form]");
  const place = need<HTMLFieldSetElement>(form, "fieldset.answers");
  const told = (scene.response as { readonly details?: Values }).details ?? {};
  const known = { ...told, ...(scene.response.context as Values), modality: scene.response.modality };
  let kept: Values = {};
  const fresh = (): Values =>
    Object.fromEntries(
      Object.entries(plain.changed()).filter(
        ([name, value]) => JSON.stringify(kept[name]) !== JSON.stringify(value),
      ),
    );
  // What is typed in a field becomes a change once the field is left.
  const begun = await keeping<Values>(app, `details/${scene.encounter}`, () => {
    const typed = fresh();
    return Object.keys(typed).length > 0 ? typed : null;
  });
  const plain = plainForm(
    place,
    fragment,
    known,
    scene.today,
    app.zone,
    scene.writable ? (begun.before ?? {}) : {},
  );
  place.disabled = !scene.writable;
  let committing: Promise<unknown> = Promise.resolve();
  const keep = (): Promise<unknown> => {
    const payload = fresh();
    if (Object.keys(payload).length === 0) return committing;
    const before = kept;
    kept = { ...kept, ...payload };
    committing = committing
      .then(() => scene.commit({ type: "encounter.details", payload }))
      .then(() => scene.trouble(""))
      .catch((fault: unknown) => {
        kept = before;
        scene.trouble(fault instanceof Error ? fault.message : String(fault));
      })
      .finally(begun.touch);
    return committing;
  };
  if (scene.writable) keepOn(form, begun.touch);
  const hidden = (): void => {
    if (document.visibilityState === "hidden") void keep();
  };
  document.addEventListener("visibilitychange", hidden);
  window.addEventListener("pagehide", hidden);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => void keep());
  form.addEventListener("click", () => window.setTimeout(() => void keep()));
  crew(scene);
  scene.changed = () => {
    place.disabled = !scene.writable;
    drawCrew(scene);
  };
  return async () => {
    document.removeEventListener("visibilitychange", hidden);
    window.removeEventListener("pagehide", hidden);
    await keep();
    if (scene.writable) await begun.close();
    scene.end();
  };
}

function crew(scene: Scene): void {
  const form = need<HTMLFormElement>(scene.main, "[data-crew-form]");
  form.hidden = !scene.writable;
  drawCrew(scene);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const staff = need<HTMLSelectElement>(form, "#crew-who").value;
    if (staff === "") return;
    const remote = need<HTMLInputElement>(form, "#crew-remote").checked;
    await scene.commit({ type: "encounter.crew", payload: { staff, remote } });
    form.reset();
    await scene.refresh();
  });
}

function drawCrew(scene: Scene): void {
  const list = need(scene.main, "[data-crew]");
  list.replaceChildren(
    ...scene.response.crew.map(({ name, lead, remote }) => {
      const item = make("li");
      item.append(icon("user"), ` ${name}${lead ? " · leads" : ""}${remote ? " · by telehealth" : ""}`);
      return item;
    }),
  );
  const select = need<HTMLSelectElement>(scene.main, "#crew-who");
  const aboard = new Set(scene.response.crew.map(({ name }) => name));
  const free = (scene.today.options.staff ?? []).filter(
    ({ value, label }) =>
      value !== scene.app.user.staff.username && !aboard.has(label) && !aboard.has(label.split(",")[0] ?? ""),
  );
  select.replaceChildren(
    new Option("Choose", ""),
    ...free.map(({ value, label }) => new Option(label, value)),
  );
}
