import { type Context, Hono } from 'hono';
import type { PageContext } from '../layout.ts';
import { appHeaders, assetHeaders, send } from '../send-page.ts';
import { appManifest, decoderPath, doorManifest, doorWorker } from './app-files.ts';
import { type Assets, assetPath } from './assets.ts';
import type { SharedFiles } from './shared-files.ts';

/** Browsers ask for it with every public page, and it hardly changes. */
const keptForADay = { 'cache-control': 'public, max-age=86400' };

/** The files that pages load, and those that make pages an app. */
export function fileRoutes({
  assetsOnce,
  sharedFiles,
  contextOf,
}: {
  readonly assetsOnce: () => Promise<Assets>;
  readonly sharedFiles?: Pick<SharedFiles, 'find'> | undefined;
  readonly contextOf: (c: Context) => Promise<PageContext>;
}): Hono {
  const sendFile = async (c: Context) => {
    const name = c.req.param('file') ?? '';
    const file = (await assetsOnce()).file(name) ?? (await sharedFiles?.find(name));
    if (file === undefined) return c.notFound();
    return send(c, file.variants, { ...assetHeaders, 'content-type': file.type });
  };
  const sendManifest =
    (manifestOf: typeof appManifest, more: Record<string, string> = {}) =>
    async (c: Context) => {
      const { assets, lang } = await contextOf(c);
      const headers = { ...appHeaders, 'content-type': 'application/manifest+json', vary: 'Accept-Language', ...more };
      return c.body(manifestOf(assets, lang), 200, headers);
    };
  return new Hono()
    .get('/favicon.ico', async (c) => c.redirect((await assetsOnce()).urlOf('icon.svg'), 302))
    .get('/manifest.webmanifest', sendManifest(appManifest, keptForADay))
    .get('/door/manifest.webmanifest', sendManifest(doorManifest))
    .get('/door/worker.js', async (c) => {
      const text = doorWorker(await assetsOnce());
      return c.body(text, 200, { ...appHeaders, 'content-type': 'text/javascript; charset=utf-8' });
    })
    .get('/order-worker.js', async (c) => {
      // At a stable address above its pages, and checked again with each visit.
      const assets = await assetsOnce();
      const file = assets.file(assets.urlOf('order-worker.ts').slice(assetPath.length + 1));
      if (file === undefined) return c.notFound();
      return send(c, file.variants, { ...appHeaders, 'service-worker-allowed': '/', 'content-type': file.type });
    })
    .get(`${assetPath}/:file`, sendFile)
    .get(`${decoderPath}/:file`, sendFile);
}
