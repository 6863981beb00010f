import { basename } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createAssets } from '../../../src/web/server/files/assets.ts';

/** Prints the files that pages load: their addresses and versions, and whether each compressed form has the same content. */
const assets = await createAssets()();
const seen = ['styles.css', 'order.ts', 'icon.svg'].map((source) => {
  const url = assets.urlOf(source);
  const file = assets.file(basename(url));
  if (file === undefined) return { url };
  const { identity, gzip, brotli, etag } = file.variants;
  const isSame = [gunzipSync(gzip?.body ?? ''), brotliDecompressSync(brotli?.body ?? '')].map((one) =>
    one.equals(identity.body),
  );
  return { url, type: file.type, etag, isSame, bytes: [identity, gzip, brotli].map((variant) => variant?.body.length) };
});
process.stdout.write(JSON.stringify(seen));
