import { generate } from 'lean-qr';

/** A file of its own: only orders that are paid by a code fetch what draws it. */
export function drawCode(text: string, canvas: HTMLCanvasElement): void {
  generate(text).toCanvas(canvas);
}
