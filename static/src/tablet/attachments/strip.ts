/** The strip of photos and documents under a form: take one, look at it, name it, and see how far it has come. */
import type { App, Leave } from "../app.ts";
import { fill, icon, row as listed, make, need, slot } from "../shell/fill.ts";
import { type BlobRow, Refused, type ResponseRow } from "../store/index.ts";
import { NotAttachable, type Prepared, prepare } from "./pictures.ts";
import { attachment, labelled, type Place } from "./sealing.ts";
import { hasRoom, NO_ROOM, stateWords } from "./words.ts";

export interface StripOptions extends Place {
  readonly app: App;
  /** Whether one may be added here; without it the strip only shows. Default: yes. */
  readonly writable?: boolean;
}

type Attached = ResponseRow["attachments"][number] & { readonly record?: string | null };

/** Fills `slot` with the strip of one record. The promise resolves once it stands. */
export async function mountAttachments(place: HTMLElement, options: StripOptions): Promise<Leave> {
  const strip = new Strip(place, options);
  await strip.show();
  return () => strip.end();
}

class Strip {
  private readonly place: HTMLElement;
  private readonly options: StripOptions;
  private readonly addresses = new Map<string, string>();
  private readonly stop: () => void;
  private ended = false;
  private drawing: Promise<void> = Promise.resolve();

  constructor(place: HTMLElement, options: StripOptions) {
    this.place = place;
    this.options = options;
    place.replaceChildren(options.app.part("attachments"));
    slot(place, "add").hidden = options.writable === false;
    for (const input of place.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.addEventListener("change", () => void this.chosen(input));
    }
    this.stop = options.app.tablet.on("status", () => void this.show());
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
    this.place.replaceChildren();
  }

  private async draw(): Promise<void> {
    if (this.ended) return;
    const { app, encounter, record } = this.options;
    const rows = (await app.user.blobs()).filter((row) => row.encounter === encounter);
    const mine = await Promise.all(rows.map((row) => this.own(row)));
    const here = new Set(rows.map(({ blob }) => blob));
    const response = await app.user.response(encounter);
    const others = ((response?.attachments ?? []) as readonly Attached[])
      .filter(({ id, record: whose }) => !here.has(id) && whose === record)
      .map((one) => this.others(one));
    if (this.ended) return;
    slot(this.place, "list").replaceChildren(
      ...mine.filter((line): line is HTMLElement => line !== null),
      ...others,
    );
  }

  /** A line for one of this user's; null for another record's. */
  private async own(row: BlobRow): Promise<HTMLElement | null> {
    const { app, record } = this.options;
    const label = await labelled(app.user, row).catch(() => null);
    if (label?.record !== record) return null;
    const line = this.line(label.caption || (label.kind === "photo" ? "Photo" : "Document"), stateWords(row));
    Object.assign(line.dataset, { attachment: row.blob, state: row.state });
    const picture = slot(line, "picture");
    if (label.picture.length > 0) picture.append(this.image(row.blob, label.picture, label.caption));
    else picture.append(icon("note"));
    const remove = need<HTMLButtonElement>(line, "[data-remove]");
    remove.hidden = row.state !== "waiting" || this.options.writable === false;
    remove.setAttribute("aria-label", `Remove ${label.caption || label.kind}`);
    remove.addEventListener("click", () => void this.remove(row.blob));
    return line;
  }

  /** A line for one that came with the last refresh. */
  private others({ id, caption, complete }: Attached): HTMLElement {
    const line = this.line(
      caption || "Photo or document",
      complete
        ? "Received. It is shown with the record on the server."
        : "Still on the tablet it was taken with.",
    );
    Object.assign(line.dataset, { attachment: id, state: complete ? "sent" : "elsewhere" });
    slot(line, "picture").append(icon("image"));
    return line;
  }

  private line(caption: string, state: string): HTMLElement {
    const line = listed(this.place, "attachment");
    slot(line, "caption").textContent = caption;
    slot(line, "state").textContent = state;
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
    const { app } = this.options;
    if (!hasRoom(await app.tablet.storage(), prepared.bytes.length)) throw new NotAttachable(NO_ROOM);
    const change = await attachment(app.user, this.options, prepared, caption, new Date());
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
