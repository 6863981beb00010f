import { generate } from 'lean-qr';

/** Pixels for one square of the code. */
const pictureScale = 12;
/** Without it the picture is transparent, and black where photos are shown on black. */
const white = [255, 255, 255] as const;

/** In a file of its own, because few orders need it: those that are paid by a QR code, and those whose pictures do not come. */
export function drawCode(text: string, canvas: HTMLCanvasElement): void {
  generate(text).toCanvas(canvas);
}

/** Draws the code in place of a picture that did not come. */
export function drawInstead(image: HTMLImageElement, text: string): void {
  const canvas = document.createElement('canvas');
  canvas.className = 'qr';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', image.alt);
  drawCode(text, canvas);
  image.replaceWith(canvas);
}

/** The code as a picture that other apps can read, as an address of its data. */
export function codePicture(text: string): string {
  return generate(text).toDataURL({ type: 'image/png', scale: pictureScale, off: white });
}
