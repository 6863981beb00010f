import { generate } from 'lean-qr';

/** Pixels for one square of the code. */
const pictureScale = 12;
/** Without it the picture is transparent, and black where photos are shown on black. */
const white = [255, 255, 255] as const;

/** In a file of its own, because only orders that are paid by a QR code need it. */
export function drawCode(text: string, canvas: HTMLCanvasElement): void {
  generate(text).toCanvas(canvas);
}

/** The code as a picture that other apps can read, as an address of its data. */
export function codePicture(text: string): string {
  return generate(text).toDataURL({ type: 'image/png', scale: pictureScale, off: white });
}
