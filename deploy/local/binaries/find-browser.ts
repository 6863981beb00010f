import { execFile } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { canRun } from '../host/account.ts';
import { programFolder } from '../places.ts';
import type { Say } from '../progress.ts';
import { type FoundProgram, findSystemProgram } from './find-system-program.ts';

const unpackDeadlineMs = 120_000;

/**
 * Finds the Chromium that the browser tests drive. On x64 it comes with an npm package, which also brings fonts and the
 * libraries that a bare system lacks; it is unpacked into the data folder once. The package has no build for arm64: there
 * Chromium comes from the PATH, else from Debian's packages, unpacked without being installed.
 * @throws LaunchProblem with one line that says what to install
 */
export async function findBrowser(say: Say): Promise<FoundProgram> {
  const packaged = process.arch === 'x64' ? await packagedBrowser(say) : undefined;
  return (
    packaged ??
    findSystemProgram(
      { name: 'chromium', debianPackage: 'chromium', otherwise: 'run the other tests by naming their files' },
      undefined,
      say,
    )
  );
}

/** @returns undefined if the packaged build does not run here */
async function packagedBrowser(say: Say): Promise<FoundProgram | undefined> {
  const packageFolder = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const place = join(programFolder, `chromium-${version}`);
  if (!existsSync(place)) {
    say(`          unpacking the browser of the tests into ${place}`);
    await unpack(join(packageFolder, 'bin'), place);
  }
  return variants(place).find(({ command, environment }) => canRun(command, ['--version'], undefined, environment));
}

/** Other processes may unpack at the same time. The folder appears complete, and the first one stays. */
async function unpack(archives: string, place: string): Promise<void> {
  const partial = `${place}.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'fonts-cache'), { recursive: true });
  try {
    await decompress(join(archives, 'chromium.br'), join(partial, 'chromium'), 0o755);
    for (const name of ['fonts', 'al2023', 'swiftshader']) {
      const archive = join(partial, `${name}.tar`);
      await decompress(join(archives, `${name}.tar.br`), archive, 0o644);
      await promisify(execFile)('tar', ['-xf', archive, '-C', partial], { timeout: unpackDeadlineMs });
      rmSync(archive);
    }
    writeFileSync(join(partial, 'fonts.conf'), fontSettings(place));
    if (!existsSync(place)) renameSync(partial, place);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function decompress(archive: string, file: string, mode: number): Promise<void> {
  return pipeline(createReadStream(archive), createBrotliDecompress(), createWriteStream(file, { mode }));
}

/** The packaged fonts, then the system's: without fonts no text is drawn. */
function fontSettings(place: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${place}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${place}/fonts-cache</cachedir>
</fontconfig>
`;
}

/** With the system's libraries, or with those of the package in front where the system lacks some. */
function variants(place: string): readonly FoundProgram[] {
  const environment = { ...process.env, FONTCONFIG_FILE: join(place, 'fonts.conf') };
  const command = join(place, 'chromium');
  return [
    { command, environment },
    { command, environment: { ...environment, LD_LIBRARY_PATH: join(place, 'lib') } },
  ];
}
