import { LRUCache } from 'lru-cache';
import { type Compressed, compress } from './files/variants.ts';

/** The latest rendered pages, by the versions of their content. Changed content has a new key. */
export type RenderedPages = { get(key: string, render: () => string | Promise<string>): Promise<Compressed> };

/** A page is about 30 kB, with its compressed forms. */
const pagesMax = 500;

export function createRenderedPages(): RenderedPages {
  const pages = new LRUCache<string, Compressed>({ max: pagesMax });
  return {
    get: async (key, render) => {
      const known = pages.get(key);
      if (known !== undefined) return known;
      const made = compress(Buffer.from(await render()), 'fast');
      pages.set(key, made);
      return made;
    },
  };
}
