import { html } from 'hono/html';
import { generate } from 'lean-qr';
import type { Html } from './layout.ts';

const quietModules = 4;

/** The text as a QR code, an inline SVG. */
export function qrImage(text: string): Html {
  const code = generate(text);
  let path = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const side = code.size + 2 * quietModules;
  return html`<svg width="220" height="220" role="img" aria-label="QR code" style="background:#fff"
    viewBox="${-quietModules} ${-quietModules} ${side} ${side}"><path d="${path}" fill="#000" shape-rendering="crispEdges" /></svg>`;
}
