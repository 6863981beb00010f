import { html } from 'hono/html';
import { generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import type { Html } from '../../layout.ts';

const quietZone = 4;

/** A QR code with its quiet zone, black on white in both themes. */
export function qrCode(text: string, label: string): Html {
  const code = generate(text);
  const size = code.size + 2 * quietZone;
  return html`<svg class="pairing-code" viewBox="${-quietZone} ${-quietZone} ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#000" d="${toSvgPath(code)}"/></svg>`;
}
