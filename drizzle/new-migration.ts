import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * `npm run db:new -- <name>`: makes the next migration with drizzle-kit. What changed in `tables.ts` since the last one is
 * written as a draft; without a change the file is empty. drizzle-kit knows no partitions, check constraints, storage
 * parameters, triggers and grants, so a person completes the draft, and `test/drizzle/drift.test.ts` compares the result.
 *
 * `npm run db:new -- --snapshot`: after the newest migration and `tables.ts` were edited in place.
 */
const folder = import.meta.dirname;
const repository = resolve(folder, '..');
const usage = 'usage: npm run db:new -- <name>      (small letters, digits and underscores)';
const firstLine = '-- rolling upgrade: yes|no, because ...';

function migrations(): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sql'));
}

function generate(name: string, ...options: readonly string[]): string | undefined {
  const before = migrations();
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/drizzle-kit/bin.cjs', 'generate', '--config=drizzle/kit.config.ts', `--name=${name}`, ...options],
    { cwd: repository, stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('drizzle-kit could not make the migration; its message is above');
  return migrations().find((file) => !before.includes(file));
}

async function writeSnapshot(): Promise<void> {
  // Loads drizzle-kit, which takes seconds.
  const { rewriteNewestSnapshot } = await import('./snapshot.ts');
  console.log(`wrote ${await rewriteNewestSnapshot()}`);
}

async function main(): Promise<void> {
  const [name = ''] = process.argv.slice(2);
  if (name === '--help' || name === '-h') return console.log(usage);
  if (name === '--snapshot') return writeSnapshot();
  if (!/^[a-z][a-z0-9_]{2,40}$/.test(name)) throw new Error(usage);
  const file = generate(name) ?? generate(name, '--custom');
  if (file === undefined) throw new Error('drizzle-kit made no file');
  const path = join(folder, file);
  const draft = readFileSync(path, 'utf8').replace('-- Custom SQL migration file, put your code below! --', '').trim();
  writeFileSync(path, `${firstLine}\n\n${draft}\n`);
  console.log(
    `\ndrizzle/${file}: say in its first line whether processes of the version before may run on it, and complete it.`,
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
