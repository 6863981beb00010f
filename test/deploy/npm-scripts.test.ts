import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFolder } from '../../deploy/local/places.ts';

/** Guards that every command of package.json says how it is used, and refuses what it does not know, without a stack trace. */

const { scripts } = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Its options are those of a Python program, which it fetches first. */
const ofAnotherProgram = ['fuzz:contract'];
/** Scripts that differ only in their options are one program. */
const programOf = (script: string) => script.replaceAll(/^SCREENS=\S+ | --\S+| test\/web\S+/g, '');
const programs = new Map(
  Object.entries(scripts)
    .toReversed()
    .map(([name, script]) => [programOf(script), { name, script }]),
);

type Said = { readonly code: number; readonly text: string };

/** As npm runs a script: by a shell that finds the packages' programs. */
const run = (script: string, argument: string) =>
  new Promise<Said>((resolve) => {
    const env = { ...process.env, PATH: `${repositoryFolder}/node_modules/.bin:${process.env['PATH'] ?? ''}` };
    // Vitest in vitest would take the settings of the outer one.
    for (const name of Object.keys(env)) if (name.startsWith('VITEST')) Reflect.deleteProperty(env, name);
    const child = execFile(
      'sh',
      ['-c', `${script} "$@"`, 'sh', argument],
      { cwd: repositoryFolder, env, timeout: 60_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, text: `${stdout}${stderr}` }),
    );
  });

describe('npm run', () => {
  it.each([...programs.values()])('$name says how it is used', async ({ script }) => {
    const { code, text } = await run(script, '--help');
    expect(text).not.toMatch(/\n\s+at /);
    expect(text).toMatch(/usage|options|npm run/i);
    expect(code, text).toBe(0);
  });

  const ours = [...programs.values()].filter(({ name }) => !ofAnotherProgram.includes(name));
  it.each(ours)('$name refuses what it does not know', async ({ script }) => {
    const { code, text } = await run(script, '--no-such-option');
    expect(text).not.toMatch(/\n\s+at /);
    expect(text.trim()).not.toBe('');
    expect(code, text).toBeGreaterThan(0);
  });
});
