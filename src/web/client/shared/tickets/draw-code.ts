import { generate } from 'lean-qr';

/** A separate file, because only orders that are paid by a QR code need it. */
export function drawCode(text: string, canvas: HTMLCanvasElement): void {
  generate(text).toCanvas(canvas);
}
