import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Bundler from '../../client-build/bundle-web.ts';
import { type Compressed, compress, compressedAs } from './variants.ts';

/** The files that pages load, in memory with their compressed forms. */
export type Assets = {
  /** The address of a file, by its name in the sources. */
  urlOf(source: string): string;
  /** The addresses of the chunks that this script imports. */
  needsOf(source: string): readonly string[];
  /** The addresses of the chunks and files that it may load while it runs. */
  laterOf(source: string): readonly string[];
  /** The text of a script. */
  textOf(source: string): string;
  file(name: string): PageFile | undefined;
};

export type PageFile = { readonly type: string; readonly variants: Compressed };

export const assetPath = '/web';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Read or bundled once per process, however many services it has. */
let assets: Promise<Assets> | undefined;

/**
 * The files built beside the bundle. When the sources run directly, they are bundled on first use.
 * @throws Error if there is neither a build nor a source, so that a broken release does not start
 */
export function createAssets(): () => Promise<Assets> {
  if (isBuilt()) readAssets(builtFolder);
  if (assets !== undefined) {
    const held = assets;
    return () => held;
  }
  const bundler = new URL('../../client-build/bundle-web.ts', import.meta.url);
  if (!existsSync(bundler)) throw new Error('the pages were not built: there is no folder "web" beside this program');
  return () => (assets ??= bundleSources(bundler));
}

/** Reads files of `buildWeb`, which this process then uses. */
export function readAssets(folder: string): void {
  assets ??= Promise.resolve(readBuilt(folder));
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

const builtFolder = fileURLToPath(new URL('./web/', import.meta.url));
const isBuilt = () => existsSync(join(builtFolder, 'entries.json'));

/** The files that were built beside the bundle; none when the sources run directly. */
export function builtFiles(): readonly Bundler.WebFile[] {
  return isBuilt() ? filesIn(builtFolder) : [];
}

function filesIn(folder: string): readonly Bundler.WebFile[] {
  const names = readdirSync(folder).filter((name) => typeOf(name) !== undefined);
  return names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function readBuilt(folder: string): Assets {
  const readFile = (name: string) => readFileSync(join(folder, name));
  const entries: Entries = JSON.parse(readFile('entries.json').toString('utf8'));
  const variantsOf = ({ name, bytes }: Bundler.WebFile) =>
    compressedAs(Buffer.from(bytes), { gzip: readFile(`${name}.gz`), brotli: readFile(`${name}.br`) });
  return holdAssets(
    entries,
    filesIn(folder).map((file) => ({ name: file.name, variants: variantsOf(file) })),
  );
}

/** The media type of a file that pages load, by its name. */
export function typeOf(name: string): string | undefined {
  return types[extname(name)];
}

type Entries = Bundler.WebBundle['entries'];

function holdAssets(
  entries: Entries,
  files: readonly { readonly name: string; readonly variants: Compressed }[],
): Assets {
  const held = new Map(
    files.map(({ name, variants }) => [name, { type: typeOf(name) ?? 'application/octet-stream', variants }]),
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
