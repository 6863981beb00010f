import { LRUCache } from 'lru-cache';
import { type Compressed, compress } from './variants.ts';

/** Pages as they were last rendered, by what they were rendered from. A page whose content has changed has a new key. */
export type RenderedPages = { get(key: string, render: () => string | Promise<string>): Promise<Compressed> };

/** About 30 kB each, compressed and not. */
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
