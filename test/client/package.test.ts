import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildClient } from '../../deploy/client/build-client.ts';
import { readContract } from '../../deploy/client/contract.ts';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { type WholeService, startWholeService } from '../../testkit/processes/whole-service.ts';

/** Guards that others can install the client, that their compiler holds them to the contract, and that it works. */

const run = promisify(execFile);
const tool = (name: string) => join(repositoryFolder, 'node_modules/.bin', name);
/** Most of it are the types of the contract, which grow with every operation. */
const bytesPerOperationMax = 750;

describe('the package @antre/client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'antre-client-'));
  const project = join(folder, 'project');
  const compile = (file: string, module: 'nodenext' | 'bundler') =>
    run(
      tool('tsc'),
      [
        ...(module === 'nodenext' ? ['--module', 'nodenext'] : ['--module', 'esnext', '--moduleResolution', 'bundler']),
        ...'--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --target es2024 --skipLibCheck false'.split(
          ' ',
        ),
        '--lib',
        'es2024',
        '--types',
        'node',
        '--typeRoots',
        join(repositoryFolder, 'node_modules/@types'),
        file,
      ],
      { cwd: project },
    ).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );

  beforeAll(async () => {
    await buildClient(join(folder, 'package'));
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "elsewhere", "private": true, "type": "module" }');
    const { stdout } = await run('npm', ['pack', '--silent', join(folder, 'package')], { cwd: folder });
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, stdout.trim())], {
      cwd: project,
    });
    for (const name of ['walk', 'wrong'])
      copyFileSync(join(import.meta.dirname, 'elsewhere', `${name}.ts.txt`), join(project, `${name}.ts`));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is small, has no dependency, and contains nothing of the service', () => {
    const installed = join(project, 'node_modules');
    expect(readdirSync(installed).filter((name) => !name.startsWith('.'))).toEqual(['@antre']);
    const files = readdirSync(join(installed, '@antre/client'));
    expect(files.toSorted()).toEqual(
      ['README.md', 'call.d.ts', 'index.d.ts', 'index.js', 'operation.d.ts', 'package.json', 'problem.d.ts'].toSorted(),
    );
    const bytes = files.reduce((sum, name) => sum + statSync(join(installed, '@antre/client', name)).size, 0);
    const operations = Object.values(readContract().paths).flatMap((methods) => Object.keys(methods)).length;
    expect(bytes / operations).toBeLessThan(bytesPerOperationMax);
  });

  test.each(['nodenext', 'bundler'] as const)(
    'is typed under %s: correct calls compile, and wrong calls are errors',
    async (module) => {
      expect(await compile('walk.ts', module)).toBe('');
      const faults = await compile('wrong.ts', module);
      expect(new Set([...faults.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line)))).toEqual(
        new Set([6, 7, 8, 9, 10, 11, 12]),
      );
    },
    60_000,
  );

  describe('against the running service', () => {
    let world: WholeService;
    beforeAll(async () => {
      world = await startWholeService();
    });
    afterAll(() => world?.close());

    test('buys, pays, prints and scans a ticket, and types each refusal', async () => {
      const { url, sandboxUrl, event } = world;
      const script = ['walk.ts', url, sandboxUrl, event.slug, event.id];
      const { stdout } = await run(process.execPath, script, { cwd: project, timeout: 60_000 });
      expect(JSON.parse(stdout)).toEqual({
        listed: expect.any(Number),
        replayed: 'true',
        papers: [true, '%PDF-'],
        scanned: 'admitted',
        scannedAgain: 'already_used',
        refused: 404,
        fault: expect.objectContaining({ path: 'buyer.email', code: 'email.invalid' }),
        away: true,
        throughProxy: ['http.502', 4],
        stopped: 'enough',
        lookedUp: 'nothing',
        sizes: [3, 5],
        paidBack: 150_000,
      });
    }, 90_000);
  });
});
