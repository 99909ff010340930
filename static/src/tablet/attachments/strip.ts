/**
 * Photos and documents: under a form its own, to take, look at, name and take back; beside a record all of the response.
 * Each says how far it has come.
 */
import type { App, Leave } from "../app.ts";
import { fill, icon, row as listed, make, need, slot } from "../shell/fill.ts";
import { type AttachedRow, type BlobRow, Refused } from "../store/index.ts";
import { NotAttachable, type Prepared, prepare } from "./pictures.ts";
import { attachment, type Labelled, labelled, type Place } from "./sealing.ts";
import { elsewhereWords, hasRoom, NO_ROOM, stateWords } from "./words.ts";

export interface StripOptions {
  readonly app: App;
  readonly encounter: string;
  /** The record whose they are; without one, all of the response, only to be seen. */
  readonly of?: Pick<Place, "form" | "record">;
  /** Whether one may be added or taken back now. Default: no. */
  readonly writable?: () => boolean;
  /** Title of a form, said where those of several stand together. */
  readonly titleOf?: (form: string) => string;
}

/** Fills `place` with the strip. The promise resolves once it stands. */
export async function mountAttachments(place: HTMLElement, options: StripOptions): Promise<Leave> {
  const strip = new Strip(place, options);
  await strip.show();
  return () => strip.end();
}

class Strip {
  private readonly place: HTMLElement;
  private readonly options: StripOptions;
  private readonly addresses = new Map<string, string>();
  private readonly labels = new Map<string, Labelled>();
  private shown = "";
  private readonly stop: () => void;
  private ended = false;
  private drawing: Promise<void> = Promise.resolve();

  constructor(place: HTMLElement, options: StripOptions) {
    this.place = place;
    this.options = options;
    place.replaceChildren(options.app.part("attachments"));
    for (const input of place.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.addEventListener("change", () => void this.chosen(input));
    }
    const stops = (["status", "records"] as const).map((event) =>
      options.app.tablet.on(event, () => void this.show()),
    );
    this.stop = () => {
      for (const stop of stops) stop();
    };
  }

  private get writable(): boolean {
    return this.options.of !== undefined && (this.options.writable?.() ?? false);
  }

  /** Draws the list anew, one drawing after the other. */
  show(): Promise<void> {
    this.drawing = this.drawing.then(() => this.draw()).catch(() => undefined);
    return this.drawing;
  }

  end(): void {
    this.ended = true;
    this.stop();
    for (const address of this.addresses.values()) URL.revokeObjectURL(address);
    this.addresses.clear();
    this.labels.clear();
    this.place.replaceChildren();
  }

  private async draw(): Promise<void> {
    if (this.ended) return;
    const { app, encounter, of } = this.options;
    const rows = (await app.user.blobs()).filter((row) => row.encounter === encounter);
    for (const row of rows) await this.learn(row);
    const here = new Set(rows.map(({ blob }) => blob));
    const response = await app.user.response(encounter);
    const others = (response?.attachments ?? []).filter(
      ({ id, record }) => !here.has(id) && (!of || record === of.record),
    );
    if (this.ended) return;
    // What looks the same stays: a finger may be on it.
    const look = JSON.stringify([rows.map((row) => [row.blob, stateWords(row)]), others, this.writable]);
    if (look === this.shown) return;
    this.shown = look;
    const lines = [...rows.flatMap((row) => this.own(row)), ...others.map((one) => this.others(one))];
    slot(this.place, "list").replaceChildren(...lines);
    slot(this.place, "add").hidden = !this.writable;
    need(this.place, "[data-attachments]").hidden = lines.length === 0 && !this.writable;
  }

  private async learn(row: BlobRow): Promise<void> {
    if (this.labels.has(row.blob)) return;
    const label = await labelled(this.options.app.user, row).catch(() => null);
    if (label && !this.ended) this.labels.set(row.blob, label);
  }

  /** A line for one of this user's; none for another record's. */
  private own(row: BlobRow): HTMLElement[] {
    const { of } = this.options;
    const label = this.labels.get(row.blob);
    if (!label || (of && label.record !== of.record)) return [];
    const line = this.line(
      label.caption || (label.kind === "photo" ? "Photo" : "Document"),
      label.form,
      stateWords(row),
    );
    Object.assign(line.dataset, { attachment: row.blob, state: row.state });
    const picture = slot(line, "picture");
    if (label.picture.length > 0) picture.append(this.image(row.blob, label.picture, label.caption));
    else picture.append(icon("note"));
    const remove = need<HTMLButtonElement>(line, "[data-remove]");
    remove.hidden = row.state !== "waiting" || !this.writable;
    remove.setAttribute("aria-label", `Remove ${label.caption || label.kind}`);
    remove.addEventListener("click", () => void this.remove(row.blob));
    return [line];
  }

  /** A line for one that came with the last refresh. */
  private others({ id, caption, kind, form, complete }: AttachedRow): HTMLElement {
    const unnamed = kind === "photo" ? "Photo" : kind === "document" ? "Document" : "Photo or document";
    const line = this.line(caption || unnamed, form ?? "", elsewhereWords(complete));
    Object.assign(line.dataset, { attachment: id, state: complete ? "sent" : "elsewhere" });
    slot(line, "picture").append(icon("image"));
    return line;
  }

  private line(caption: string, form: string, state: string): HTMLElement {
    const line = listed(this.place, "attachment");
    const title = form && !this.options.of ? (this.options.titleOf?.(form) ?? "") : "";
    fill(line, { caption, form: title, state });
    return line;
  }

  private image(key: string, bytes: Uint8Array<ArrayBuffer>, words: string): HTMLImageElement {
    const address = this.addresses.get(key) ?? URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    this.addresses.set(key, address);
    const image = make("img");
    image.alt = words || "Photo without a caption";
    image.src = address;
    return image;
  }

  private async chosen(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    try {
      fill(this.place, { trouble: "" });
      const prepared = await prepare(file);
      const caption = await this.ask(prepared);
      if (caption !== null && !this.ended) await this.add(prepared, caption);
    } catch (error) {
      if (!(error instanceof NotAttachable || error instanceof Refused)) throw error;
      fill(this.place, { trouble: error.message });
    } finally {
      // The same file may be chosen again.
      input.value = "";
    }
  }

  /** Shows what is about to be added; its caption, or null when it is not to be. */
  private async ask(prepared: Prepared): Promise<string | null> {
    const dialog = need<HTMLDialogElement>(this.place, "dialog[data-dialog=attachment]");
    const caption = need<HTMLInputElement>(dialog, "#attachment-caption");
    const large = slot(dialog, "large");
    caption.value = "";
    if (prepared.kind === "photo")
      large.replaceChildren(this.image("large", prepared.bytes, "The photo to add"));
    else large.replaceChildren(make("p", "", "A PDF document"));
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
    large.replaceChildren();
    URL.revokeObjectURL(this.addresses.get("large") ?? "");
    this.addresses.delete("large");
    const words = caption.value.trim();
    caption.value = "";
    return dialog.returnValue === "add" ? words : null;
  }

  private async add(prepared: Prepared, caption: string): Promise<void> {
    const { app, encounter, of } = this.options;
    if (!of) return;
    if (!hasRoom(await app.tablet.storage(), prepared.bytes.length)) throw new NotAttachable(NO_ROOM);
    const change = await attachment(app.user, { encounter, ...of }, prepared, caption, new Date());
    const saved = await app.user.commit(change);
    // Kept in memory alone it would be gone with the page, and crowd out what somebody types.
    if (!saved.durable) {
      await app.user.dropBlob(change.blob.blob).catch(() => undefined);
      throw new NotAttachable(NO_ROOM);
    }
    app.announce("Added. It is sent after the record.");
    await this.show();
  }

  private async remove(blob: string): Promise<void> {
    try {
      await this.options.app.user.dropBlob(blob);
      this.options.app.announce("Removed.");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fill(this.place, { trouble: error.message });
    }
    await this.show();
  }
}
