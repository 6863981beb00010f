import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { bundleProgram } from '../../deploy/local/stack/bundle.ts';
import { repositoryFolder } from '../../deploy/local/places.ts';

/** The migrations of the release after this one, which has those of this one and further ones. */
export type NextRelease = {
  /** Writes a further migration. */
  add(statements: readonly string[]): void;
  /** Runs the migrator as a release does. @throws what it said */
  migrate(databaseDirectUrl: string): Promise<void>;
  remove(): void;
};

type Journal = { readonly entries: readonly { readonly idx: number; readonly when: number }[] };

/** Packs the migrator and its files as `npm run build` does. */
export async function packNextRelease(): Promise<NextRelease> {
  const place = mkdtempSync(join(tmpdir(), 'antre-next-'));
  const [folder, from] = [join(place, 'drizzle'), join(repositoryFolder, 'drizzle')];
  const program = join(folder, 'migrate.mjs');
  mkdirSync(folder);
  for (const file of globSync(join(from, '*.sql'))) cpSync(file, join(folder, basename(file)));
  for (const name of ['meta', 'functions']) cpSync(join(from, name), join(folder, name), { recursive: true });
  await bundleProgram({ entry: 'drizzle/migrate.ts', file: program });
  const journalFile = join(folder, 'meta/_journal.json');
  return {
    add: (statements) => {
      const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as Journal;
      const last = journal.entries.at(-1);
      const idx = (last?.idx ?? 0) + 1;
      const tag = `${String(idx).padStart(4, '0')}_next_release`;
      const first = '-- rolling upgrade: yes, because it only adds.';
      writeFileSync(join(folder, `${tag}.sql`), [first, ...statements, ''].join('\n'));
      const entry = { idx, version: '7', when: (last?.when ?? 0) + 1, tag, breakpoints: true };
      writeFileSync(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }));
    },
    migrate: async (databaseDirectUrl) => {
      await promisify(execFile)(process.execPath, [program], {
        env: { ...process.env, DATABASE_DIRECT_URL: databaseDirectUrl },
      });
    },
    remove: () => rmSync(place, { recursive: true }),
  };
}

/** What a rolling upgrade may run over: columns that are empty or have a default, and an index. */
export const widened = (table: string): string[] => [
  `alter table ${table} add column next_note text, add column next_count bigint not null default 0;`,
  `create index on ${table} (next_note);`,
];
