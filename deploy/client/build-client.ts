import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { problems } from '../../src/problems.ts';
import { repositoryFolder } from '../local/places.ts';
import { declarationText, factsOf } from './client-text.ts';
import { takeNoArguments } from '../local/no-arguments.ts';

const clientFolder = join(repositoryFolder, 'src/client');
/** Sources whose types are files of their own. The other types are in the bundle. */
const typedFiles = ['call', 'operation', 'problem'] as const;

/**
 * Builds the package `@antre/client` from the contract: one ES module for browsers and Node 20.3 and newer, its types, and
 * a README. It depends on nothing, the service's code included.
 */
export async function buildClient(outFolder: string): Promise<void> {
  // Loads the whole service, which takes seconds.
  const { readContract } = await import('./contract.ts');
  const contract = readContract();
  rmSync(outFolder, { recursive: true, force: true });
  mkdirSync(outFolder, { recursive: true });
  await bundleClient(JSON.stringify(factsOf(contract)), join(outFolder, 'index.js'));
  writeFileSync(join(outFolder, 'index.d.ts'), declarationText(contract, Object.keys(problems).toSorted()));
  writeTypes(outFolder);
  writeFileSync(join(outFolder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  copyFileSync(join(import.meta.dirname, 'README.md'), join(outFolder, 'README.md'));
}

async function bundleClient(operations: string, file: string): Promise<void> {
  await build({
    stdin: {
      contents: `
        import { createClientOf } from './create-client.ts';
        export { AntreProblem, isProblem } from './problem.ts';
        const operations = ${operations};
        export const createClient = (options) => createClientOf(operations, options);`,
      resolveDir: clientFolder,
      loader: 'ts',
    },
    outfile: file,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    minifySyntax: true,
    logLevel: 'silent',
  });
}

function writeTypes(outFolder: string): void {
  const tsc = join(repositoryFolder, 'node_modules/.bin/tsc');
  const files = typedFiles.map((name) => join(clientFolder, `${name}.ts`));
  const flags =
    '--ignoreConfig --declaration --emitDeclarationOnly --allowImportingTsExtensions --skipLibCheck --module nodenext --target es2024 --types node';
  execFileSync(tsc, [...flags.split(' '), '--outDir', outFolder, ...files], { cwd: repositoryFolder, stdio: 'pipe' });
  for (const name of typedFiles) {
    const file = join(outFolder, `${name}.d.ts`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '\.\/\w+)\.ts'/g, "$1.js'"));
  }
}

function manifest() {
  const { version, license } = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
  };
  return {
    name: '@antre/client',
    version,
    description: 'A typed client of the antre ticketing API.',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.3' },
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
    files: ['*.js', '*.d.ts', 'README.md'],
  };
}

if (import.meta.main) {
  takeNoArguments('build:client', 'Builds the package @antre/client into .data/client.');
  const outFolder = join(repositoryFolder, '.data/client');
  await buildClient(outFolder);
  console.log(`built @antre/client into ${outFolder}; npm pack ${outFolder} makes the file to install`);
}
