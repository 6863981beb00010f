import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Bundler from '../client-build/bundle-web.ts';
import { type Compressed, compress, compressedAs } from './variants.ts';

/** The files that pages load, in memory with their compressed forms. */
export type Assets = {
  /** The address of a file, by its name in the sources. */
  urlOf(source: string): string;
  /** The addresses of the chunks that this script imports. */
  needsOf(source: string): readonly string[];
  /** The addresses of the chunks that it may import while it runs. */
  laterOf(source: string): readonly string[];
  /** The text of a script. */
  textOf(source: string): string;
  file(name: string): { readonly type: string; readonly variants: Compressed } | undefined;
};

export const assetPath = '/web';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Read or bundled once per process, however many services it has. */
let assets: Promise<Assets> | undefined;

/**
 * The files built beside the bundle. When the sources run directly, they are bundled on first use.
 * @throws Error if there is neither a build nor a source, so that a broken release does not start
 */
export function createAssets(): () => Promise<Assets> {
  const builtFolder = fileURLToPath(new URL('./web/', import.meta.url));
  if (existsSync(join(builtFolder, 'entries.json'))) {
    const built = (assets ??= Promise.resolve(readBuilt(builtFolder)));
    return () => built;
  }
  const bundler = new URL('../client-build/bundle-web.ts', import.meta.url);
  if (!existsSync(bundler)) throw new Error('the pages were not built: there is no folder "web" beside this program');
  return () => (assets ??= bundleSources(bundler));
}

/** The address is computed, so that esbuild does not include the bundler in the program's bundle. */
async function bundleSources(bundler: URL): Promise<Assets> {
  const { bundleWeb }: typeof Bundler = await import(bundler.href);
  const { entries, files } = await bundleWeb();
  return holdAssets(
    entries,
    files.map(({ name, bytes }) => ({ name, variants: compress(Buffer.from(bytes), 'small') })),
  );
}

function readBuilt(folder: string): Assets {
  const entries: Entries = JSON.parse(readFileSync(join(folder, 'entries.json'), 'utf8'));
  const read = (name: string) => readFileSync(join(folder, name));
  return holdAssets(
    entries,
    readdirSync(folder)
      .filter((name) => types[extname(name)] !== undefined)
      .map((name) => ({
        name,
        variants: compressedAs(read(name), { gzip: read(`${name}.gz`), brotli: read(`${name}.br`) }),
      })),
  );
}

type Entries = Bundler.WebBundle['entries'];

function holdAssets(
  entries: Entries,
  files: readonly { readonly name: string; readonly variants: Compressed }[],
): Assets {
  const held = new Map(
    files.map(({ name, variants }) => [name, { type: types[extname(name)] ?? 'application/octet-stream', variants }]),
  );
  const entryOf = (source: string) => {
    const entry = entries[source];
    if (entry === undefined) throw new Error(`no page file is called ${source}`);
    return entry;
  };
  return {
    urlOf: (source) => `${assetPath}/${entryOf(source).name}`,
    needsOf: (source) => entryOf(source).needs.map((name) => `${assetPath}/${name}`),
    laterOf: (source) => entryOf(source).later.map((name) => `${assetPath}/${name}`),
    textOf: (source) => held.get(entryOf(source).name)?.variants.identity.body.toString('utf8') ?? '',
    file: (name) => held.get(name),
  };
}
