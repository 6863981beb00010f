import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compress } from '../server/files/variants.ts';
import { bundleWeb } from './bundle-web.ts';

/**
 * Bundles the browsers' files into a folder `web/` beside the API's bundle: the files, each also compressed (`.gz`, `.br`), because that takes
 * most of a second of every start, and `entries.json`, which maps names to files.
 */
export async function buildWeb({ outFolder }: { outFolder: string }): Promise<void> {
  const { entries, files } = await bundleWeb();
  rmSync(outFolder, { recursive: true, force: true });
  mkdirSync(outFolder, { recursive: true });
  for (const { name, bytes } of files) {
    const { identity, gzip, brotli } = compress(Buffer.from(bytes), 'small');
    writeFileSync(join(outFolder, name), identity.body);
    if (gzip !== undefined) writeFileSync(join(outFolder, `${name}.gz`), gzip.body);
    if (brotli !== undefined) writeFileSync(join(outFolder, `${name}.br`), brotli.body);
  }
  writeFileSync(join(outFolder, 'entries.json'), JSON.stringify(entries, null, 2));
}
