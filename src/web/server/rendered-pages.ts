import { type Variants, compress } from './variants.ts';

/** Pages as they were last rendered, by what they were rendered from. */
export type RenderedPages = { get(key: string, render: () => string | Promise<string>): Promise<Variants> };

/** Some 30 kB each, compressed and not. */
const pagesMax = 500;

/** The oldest page goes when there are too many: a page whose content has changed is not asked for again. */
export function createRenderedPages(): RenderedPages {
  const pages = new Map<string, Variants>();
  return {
    get: async (key, render) => {
      const known = pages.get(key);
      if (known !== undefined) return known;
      const made = compress(Buffer.from(await render()), 'fast');
      const oldest = pages.size >= pagesMax ? pages.keys().next().value : undefined;
      if (oldest !== undefined) pages.delete(oldest);
      pages.set(key, made);
      return made;
    },
  };
}
