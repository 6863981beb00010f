import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { dataFolder } from '../../deploy/local/places.ts';
import { bundleProgram, bundleHelpers } from '../../deploy/local/stack/bundle.ts';
import { buildWeb } from '../../src/web/client-build/build-web.ts';

/** Guards that the helper processes and the files of pages are the same from the API's bundle as from the sources. */

const folder = join(dataFolder, `build/helpers-test-${process.pid}`);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stop();
});

const said = (file: string) =>
  JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 15_000 }));
const entry = 'test/deploy/support/heavy-work.ts';
const done = { pdf: '%PDF-', isRight: true, jpeg: 'ffd8ff' };

test('a bundle finds its helpers beside itself, and the sources find theirs', async () => {
  const file = join(folder, 'program.mjs');
  await Promise.all([bundleProgram({ entry, file }), bundleHelpers(folder)]);
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining(['tickets-helper.mjs', 'password-helper.mjs', 'link-card-helper.mjs']),
  );
  expect(said(file)).toEqual(done);
  expect(said(entry)).toEqual(done);
});

test('files of pages are read in the form in which the build compressed them', async () => {
  const webFiles = 'test/deploy/support/web-files.ts';
  const file = join(folder, 'web-files.mjs');
  await Promise.all([bundleProgram({ entry: webFiles, file }), buildWeb({ outFolder: join(folder, 'web') })]);
  const built = said(file);
  expect(built).toEqual(said(webFiles));
  expect(built).toHaveLength(3);
  for (const one of built) expect(one).toMatchObject({ isSame: [true, true] });
});
