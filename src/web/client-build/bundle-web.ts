import { fileURLToPath } from 'node:url';
import { basename } from 'node:path';
import { type Metafile, build } from 'esbuild';

/** A file that pages load. Its name holds a hash of its content, so it may be cached for ever. */
export type WebFile = { readonly name: string; readonly bytes: Uint8Array };
/** `needs`: chunks that it imports. `later`: other chunks that it may import while it runs, with theirs, and files that it may load. */
export type WebEntry = { readonly name: string; readonly needs: readonly string[]; readonly later: readonly string[] };
export type WebBundle = {
  /** Maps the name that pages use (`order.ts`) to its file (`order-4F2A.js`) and the files that this file imports. */
  readonly entries: Readonly<Record<string, WebEntry>>;
  readonly files: readonly WebFile[];
};

const folder = fileURLToPath(new URL('../client/', import.meta.url));
/** Each page's script, the style sheets of public pages and of the desk, and the icon: drawn, and painted in the sizes that phones ask for. */
const sources = [
  'again.ts',
  'event.ts',
  'queue.ts',
  'order.ts',
  'ticket.ts',
  'waiting-list.ts',
  'join-waiting-list.ts',
  'order-worker.ts',
  'find-order.ts',
  'desk.ts',
  'desk/invitation.ts',
  'desk/password-reset.ts',
  'desk/picture.ts',
  'desk/report.ts',
  'desk/sale.ts',
  'door.ts',
  'door-worker.ts',
  'styles.css',
  'desk.css',
  'icon.svg',
  'icons/icon-192.png',
  'icons/icon-512.png',
  'icons/icon-maskable-512.png',
  'icons/apple-touch-icon.png',
];
/** A script that a page runs beside itself. Old browsers have no imports there, so it is one file. */
const alone = ['door-decoder.ts'];
/** Phones of about the last five years. */
const browsers = ['es2020', 'chrome87', 'safari14.1', 'firefox91'];
/**
 * What libraries use and the oldest of these browsers lack, and what they get instead. Our own code is checked against an older library of
 * types (`src/web/client/tsconfig.json`).
 */
const missing = { 'Object.hasOwn': 'Object.prototype.hasOwnProperty.call' };

/** Bundles the browsers' code, in memory. */
export async function bundleWeb(): Promise<WebBundle> {
  const common = {
    absWorkingDir: folder,
    outdir: 'out',
    write: false,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'browser',
    target: browsers,
    define: missing,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy', '.png': 'copy', '.wasm': 'file' },
    logLevel: 'silent',
  } as const;
  const [pages, beside] = await Promise.all([
    build({ ...common, entryPoints: sources, splitting: true, format: 'esm' }),
    build({ ...common, entryPoints: alone, format: 'iife' }),
  ]);
  const metafile = { outputs: { ...pages.metafile.outputs, ...beside.metafile.outputs } };
  const outputFiles = [...pages.outputFiles, ...beside.outputFiles];
  const entries = Object.entries(metafile.outputs).flatMap(([path, { entryPoint: source }]) => {
    if (source === undefined || ![...sources, ...alone].includes(source)) return [];
    const needs = importedBy(path, metafile.outputs, ['import-statement']);
    const all = importedBy(path, metafile.outputs, ['import-statement', 'dynamic-import', 'file-loader']);
    const later = [...all].filter((name) => !needs.has(name));
    return [[source, { name: basename(path), needs: [...needs], later }]];
  });
  return {
    entries: Object.fromEntries(entries),
    files: outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents })),
  };
}

/**
 * What a script imports in these ways, directly or not. A page preloads the chunks of import statements, so that
 * they arrive in one round trip.
 */
function importedBy(
  path: string,
  outputs: Metafile['outputs'],
  kinds: readonly Metafile['outputs'][string]['imports'][number]['kind'][],
  found = new Set<string>(),
): Set<string> {
  for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
    const name = basename(imported);
    if (!kinds.includes(kind) || found.has(name)) continue;
    found.add(name);
    importedBy(imported, outputs, kinds, found);
  }
  return found;
}
