/** Photos as the tablet keeps them: small enough to send from a basement, and without what the camera wrote in. */

/** Pixels of the longer side. */
export const LONGEST = 1600;
/** Pixels of the longer side of what the list shows. */
const PREVIEW = 320;
const QUALITY = 0.82;
const PREVIEW_QUALITY = 0.7;
/** Bytes of a document: a sealed blob may have 12 MB. */
export const MOST_BYTES = 12 * 1024 * 1024 - 1024;

/** Why a file cannot be attached, as a sentence that says what to do. */
export class NotAttachable extends Error {
  override readonly name = "NotAttachable";
}

export interface Prepared {
  readonly kind: "photo" | "document";
  readonly mime: "image/jpeg" | "application/pdf";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  /** JPEG; empty for a document. */
  readonly preview: Uint8Array<ArrayBuffer>;
}

/** Width and height within `longest`, never larger than they are. */
export function within(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Draws a photo anew, upright and at most `LONGEST`; takes a PDF as it is. Throws NotAttachable. */
export async function prepare(file: Blob): Promise<Prepared> {
  if (await isPdf(file)) {
    if (file.size > MOST_BYTES)
      throw new NotAttachable("This document is over 12 MB. Attach it in smaller parts.");
    const bytes = new Uint8Array(await file.arrayBuffer());
    return {
      kind: "document",
      mime: "application/pdf",
      bytes,
      width: 0,
      height: 0,
      preview: new Uint8Array(),
    };
  }
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new NotAttachable(
      "This file is no photo the tablet can read. Take the photo again, or attach a PDF.",
    );
  });
  try {
    const { width, height } = within(picture.width, picture.height, LONGEST);
    return {
      kind: "photo",
      mime: "image/jpeg",
      bytes: await drawn(picture, width, height, QUALITY),
      width,
      height,
      preview: await small(picture),
    };
  } finally {
    picture.close();
  }
}

async function isPdf(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 5).arrayBuffer());
  return String.fromCharCode(...head) === "%PDF-";
}

function small(picture: ImageBitmap): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = within(picture.width, picture.height, PREVIEW);
  return drawn(picture, width, height, PREVIEW_QUALITY);
}

/** The pixels alone, as a JPEG on white. */
async function drawn(
  picture: ImageBitmap,
  width: number,
  height: number,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen)
    throw new NotAttachable("The tablet is short of memory. Close other apps and take the photo again.");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
  // Lets the memory of the picture go at once: tablets hold few of them.
  canvas.width = 0;
  if (blob?.type !== "image/jpeg")
    throw new NotAttachable("The tablet is short of memory. Close other apps and take the photo again.");
  return new Uint8Array(await blob.arrayBuffer());
}
