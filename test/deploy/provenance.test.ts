import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { archiveFolder } from '../../deploy/vps/archive.ts';

/**
 * Guards that a release can be compared with its source, and that verifying its attestation checks the repository, the workflow and the
 * tag.
 */

const place = mkdtempSync(join(tmpdir(), 'antre-provenance-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

/** Packs files that were written in this order, at this time and with these permissions. */
function packed(name: string, files: Files, { seconds, mode }: { seconds: number; mode: number }): Buffer {
  const folder = join(place, name);
  mkdirSync(folder, { mode: mode | 0o100 });
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder, file), text);
    chmodSync(join(folder, file), mode);
    utimesSync(join(folder, file), seconds, seconds);
  }
  symlinkSync('one.mjs', join(folder, 'link'));
  archiveFolder(folder, `${folder}.tar.gz`, 1_700_000_000);
  return readFileSync(`${folder}.tar.gz`);
}

describe('an archive', () => {
  const files = { 'one.mjs': 'one', 'two.mjs': 'two' };
  const first = packed('first', files, { seconds: 1000, mode: 0o644 });

  test('has the same bytes, whoever packs it, when, and under which umask', () => {
    const turned = { 'two.mjs': 'two', 'one.mjs': 'one' };
    expect(packed('second', turned, { seconds: 2000, mode: 0o600 }).equals(first)).toBe(true);
  });

  test('has other bytes when one letter of a file, or a permission to run it, differs', () => {
    expect(packed('letter', { ...files, 'two.mjs': 'twO' }, { seconds: 1000, mode: 0o644 }).equals(first)).toBe(false);
    expect(packed('program', files, { seconds: 1000, mode: 0o755 }).equals(first)).toBe(false);
  });
});

describe('the workflow of releases', () => {
  const file = '.github/workflows/release.yml';
  type Job = { permissions?: Files; steps: { uses?: string; run?: string }[] };
  const workflow = parse(readFileSync(file, 'utf8')) as {
    on: unknown;
    permissions: Files;
    jobs: { pack: Job; publish: Job };
  };

  test('runs for tags alone, and only the job that publishes may sign and write', () => {
    expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.pack.permissions).toBeUndefined();
    expect(workflow.jobs.publish.permissions).toEqual({
      contents: 'write',
      'id-token': 'write',
      attestations: 'write',
    });
  });

  test('compares the archives of two machines before it attests one of them', () => {
    const steps = workflow.jobs.publish.steps.map(({ uses, run }) => uses ?? run ?? '');
    const compares = steps.findIndex((step) => step.includes('cmp "$archive"'));
    const attests = steps.findIndex((step) => step.startsWith('actions/attest-build-provenance@'));
    expect([compares >= 0, attests > compares]).toEqual([true, true]);
  });

  test('is the one that the handbook has verified, with the repository and the tag', () => {
    const command = /gh attestation verify .*/.exec(readFileSync('docs/operations.md', 'utf8'))?.[0] ?? '';
    expect(command).toContain(`--signer-workflow <owner>/antre/${file} `);
    expect(command).toMatch(/--repo <owner>\/antre .*--source-ref refs\/tags\/v<version>$/);
  });
});
