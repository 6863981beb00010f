import { Hono } from 'hono';
import { pictureNotFound } from '../errors.ts';
import { pictureHashLength } from '../limits.ts';
import type { Pictures } from './pictures.ts';
import { type PictureFile, publicPictureType } from './sizes.ts';

const idPattern = new RegExp(`^[0-9a-f]{${pictureHashLength}}$`);

/** Pages of other origins may show our pictures, but nothing in a picture can run: `nosniff`, and a policy that allows nothing. */
const headers = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/** Pictures for everybody, at addresses whose bytes never change. */
export function pictureFileRoutes({ pictures }: { readonly pictures: Pictures }): Hono {
  return new Hono().get('/pictures/:id/:file', async (c) => {
    const { id, file } = c.req.param();
    const type = publicPictureType(file);
    if (type === undefined || !idPattern.test(id)) throw pictureNotFound();
    const etag = `"${id}-${file}"`;
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, { ...headers, etag });
    const bytes = await pictures.read(id, file as PictureFile);
    if (bytes === undefined) throw pictureNotFound();
    return c.body(new Uint8Array(bytes), 200, { ...headers, etag, 'content-type': type });
  });
}
