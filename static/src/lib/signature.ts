/**
 * A box to sign in with a finger, or to say why there is no signature (`templates/widgets/signature.html`).
 *
 * Strokes are kept as lists of [x, y] on a sheet of 600 by 200, so that they can be drawn again at any size.
 */
import SignaturePad from "signature_pad";

export const WIDTH = 600;
export const HEIGHT = 200;

type Stroke = [number, number][];

interface Signature {
  status?: string;
  name?: string;
  reason?: string;
  at?: string;
  strokes?: Stroke[];
}

const pads = new WeakMap<HTMLElement, SignaturePad>();

/** Brings every signature box under `root` to life. `now` is the time a signature is given at. */
export function bindSignatures(root: ParentNode, now: () => Date = () => new Date()): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-signature]")) {
    if (pads.has(box)) continue;
    const canvas = box.querySelector("canvas");
    if (!canvas) continue;
    const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3, throttle: 24, minDistance: 4 });
    pads.set(box, pad);
    pad.addEventListener("endStroke", () => {
      choose(box, "signed");
      keep(box, now);
    });
    box.addEventListener("change", (event) => {
      if (event.target !== box && event.target !== store(box)) keep(box, now, event);
    });
    box.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      const { signatureClear, signatureClearNow, signatureKeep } = button.dataset;
      if (signatureClear !== undefined) ask(box, !pad.isEmpty());
      else if (signatureKeep !== undefined) ask(box, false);
      else if (signatureClearNow !== undefined) {
        pad.clear();
        ask(box, false);
        keep(box, now);
      }
    });
    new ResizeObserver(() => draw(box)).observe(canvas);
    show(box, parsed(store(box).value));
  }
}

/** Asks before a drawing goes: it cannot be drawn again without the person. */
function ask(box: HTMLElement, open: boolean): void {
  const sure = box.querySelector<HTMLElement>("[data-signature-sure]");
  const clear = box.querySelector<HTMLElement>("[data-signature-clear]");
  if (!sure || !clear) return;
  const had = sure.contains(document.activeElement);
  sure.hidden = !open;
  clear.hidden = open;
  if (open) sure.querySelector<HTMLElement>("[data-signature-keep]")?.focus();
  else if (had) clear.focus();
}

export function readSignature(block: HTMLElement): { [key: string]: string | Stroke[] } | null {
  const box = block.querySelector<HTMLElement>("[data-signature]");
  const value = box ? parsed(store(box).value) : null;
  return value?.status ? (value as { [key: string]: string | Stroke[] }) : null;
}

export function writeSignature(block: HTMLElement, value: unknown): void {
  const box = block.querySelector<HTMLElement>("[data-signature]");
  if (!box) return;
  store(box).value = value ? JSON.stringify(value) : "";
  show(box, (value ?? {}) as Signature);
}

function keep(box: HTMLElement, now: () => Date, event?: Event): void {
  event?.stopPropagation();
  const status = box.querySelector<HTMLInputElement>("[data-signature-status]:checked")?.value ?? "";
  const before = parsed(store(box).value);
  const strokes = status === "signed" ? strokesOf(box) : [];
  const value: Signature = { status };
  const name = text(box, "name");
  const reason = status === "signed" ? "" : text(box, "reason");
  if (name) value.name = name;
  if (reason) value.reason = reason;
  if (strokes.length > 0) value.strokes = strokes;
  value.at = before.status === status && before.at ? before.at : now().toISOString();
  store(box).value =
    status && (status !== "signed" || strokes.length > 0 || name) ? JSON.stringify(value) : "";
  reveal(box, status);
  box.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "signature" }));
}

function strokesOf(box: HTMLElement): Stroke[] {
  const pad = pads.get(box);
  const canvas = box.querySelector("canvas");
  if (!pad || !canvas || pad.isEmpty()) return [];
  const across = WIDTH / (canvas.clientWidth || WIDTH);
  const down = HEIGHT / (canvas.clientHeight || HEIGHT);
  return pad
    .toData()
    .map((group) => group.points.map(({ x, y }) => [Math.round(x * across), Math.round(y * down)]));
}

function show(box: HTMLElement, value: Signature): void {
  choose(box, value.status ?? "");
  for (const part of ["name", "reason"] as const) {
    const input = box.querySelector<HTMLInputElement>(`[data-signature-${part}]`);
    if (input) input.value = value[part] ?? "";
  }
  reveal(box, value.status ?? "");
  draw(box);
}

/** Draws the kept strokes at the size the box has now. */
function draw(box: HTMLElement): void {
  const pad = pads.get(box);
  const canvas = box.querySelector("canvas");
  if (!pad || !canvas || canvas.clientWidth === 0) return;
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  canvas.getContext("2d")?.scale(ratio, ratio);
  pad.penColor = getComputedStyle(canvas).color;
  const across = canvas.clientWidth / WIDTH;
  const down = canvas.clientHeight / HEIGHT;
  const strokes = parsed(store(box).value).strokes ?? [];
  pad.fromData(
    strokes.map((stroke) => ({
      penColor: pad.penColor,
      dotSize: pad.dotSize,
      minWidth: pad.minWidth,
      maxWidth: pad.maxWidth,
      velocityFilterWeight: pad.velocityFilterWeight,
      compositeOperation: pad.compositeOperation,
      points: stroke.map(([x, y], step) => ({ x: x * across, y: y * down, time: step * 20, pressure: 0.5 })),
    })),
  );
}

function choose(box: HTMLElement, status: string): void {
  for (const radio of box.querySelectorAll<HTMLInputElement>("[data-signature-status]")) {
    radio.checked = radio.value === status;
  }
  reveal(box, status);
}

function reveal(box: HTMLElement, status: string): void {
  const area = box.querySelector<HTMLElement>("[data-signature-area]");
  const why = box.querySelector<HTMLElement>("[data-signature-why]");
  const undrawn = ["verbal", "refused", "unable"].includes(status);
  if (area) area.hidden = undrawn;
  if (why) why.hidden = !undrawn;
}

function text(box: HTMLElement, part: "name" | "reason"): string {
  return box.querySelector<HTMLInputElement>(`[data-signature-${part}]`)?.value.trim() ?? "";
}

function store(box: HTMLElement): HTMLTextAreaElement {
  return box.querySelector("textarea") as HTMLTextAreaElement;
}

function parsed(value: string): Signature {
  try {
    return (JSON.parse(value || "{}") ?? {}) as Signature;
  } catch {
    return {};
  }
}
