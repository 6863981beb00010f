import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWeb } from './bundle-web.ts';

/**
 * Bundles the browsers' files into a folder `web/` beside the API's bundle: the files, and `entries.json`, which maps
 * names to files.
 */
export async function buildWeb({ outFolder }: { outFolder: string }): Promise<void> {
  const { entries, files } = await bundleWeb();
  rmSync(outFolder, { recursive: true, force: true });
  mkdirSync(outFolder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(outFolder, name), bytes);
  writeFileSync(join(outFolder, 'entries.json'), JSON.stringify(entries, null, 2));
}
