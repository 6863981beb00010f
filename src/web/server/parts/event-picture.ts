import { html } from 'hono/html';
import type { Html } from '../layout.ts';
import { poster } from './poster.ts';
import type { ListedEvent } from '../public-documents.ts';

type Pictured = Pick<ListedEvent, 'slug' | 'picture'>;

/** Pixel widths that pages choose from. Their shape is that of `.poster`, so nothing moves when a picture arrives. */
const widths = [
  ['small', 480],
  ['medium', 960],
  ['large', 1600],
] as const;

/**
 * The picture of an event, or one that is generated from its slug.
 * @param sizes how wide it is shown, as the attribute `sizes`
 * @param isFirst it is in view when the page opens, so it is loaded before others
 */
export function eventPicture({ slug, picture }: Pictured, sizes: string, isFirst: boolean): Html {
  if (picture === null) return poster(slug, 'poster');
  const { path, alt } = picture;
  const sources = (type: 'avif' | 'jpg') =>
    widths.map(([name, width]) => `${path}/${name}.${type} ${width}w`).join(', ');
  const when = isFirst ? html` fetchpriority="high"` : html` loading="lazy"`;
  return html`<picture><source type="image/avif" srcset="${sources('avif')}" sizes="${sizes}"><img class="poster" src="${path}/medium.jpg" srcset="${sources('jpg')}" sizes="${sizes}" width="1600" height="1000" alt="${alt}" decoding="async"${when}></picture>`;
}
