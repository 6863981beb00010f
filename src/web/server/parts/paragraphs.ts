import { html } from 'hono/html';
import type { Html } from '../layout.ts';

/** A long text of an organiser: a blank line begins a paragraph. */
export function paragraphs(text: string): Html[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => html`<p class="prose">${paragraph}</p>`);
}
