import { fileURLToPath } from 'node:url';
import { basename } from 'node:path';
import { build } from 'esbuild';

/** One file that pages load. Its name holds a hash of its content, so it may be kept for ever. */
export type WebFile = { readonly name: string; readonly bytes: Uint8Array };
export type WebBundle = {
  /** `order.ts` -> `order-4F2A.js`: what pages ask for, and the file that has it. */
  readonly names: Readonly<Record<string, string>>;
  readonly files: readonly WebFile[];
};

const folder = fileURLToPath(new URL('./browser/', import.meta.url));
/** Each page's script, the style sheet of all pages, and the icon. */
const entries = [
  'home.ts',
  'event.ts',
  'order.ts',
  'find-order.ts',
  'desk-invitation.ts',
  'desk-password-reset.ts',
  'door.ts',
  'styles.css',
  'icon.svg',
];
/** Phones of the last five years or so. */
const browsers = ['es2020', 'chrome87', 'safari14.1', 'firefox91'];

/** Bundles what runs in browsers, in memory. */
export async function bundleWeb(): Promise<WebBundle> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: entries,
    outdir: 'out',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: browsers,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    logLevel: 'silent',
  });
  const names = Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint === undefined ? [] : [[entryPoint, basename(path)]],
  );
  const icon = Object.keys(metafile.outputs).find((path) => /^out\/icon-[^/]+\.svg$/.test(path));
  return {
    names: Object.fromEntries(icon === undefined ? names : [...names, ['icon.svg', basename(icon)]]),
    files: outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents })),
  };
}
