import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import postgres from 'postgres';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import type { ServiceAddresses } from '../../../deploy/local/services/start-services.ts';
import { superuserUrl } from '../../bench/harness/stack.ts';

/** One place in a source file, and its replacement without the guard. */
export type Edit = { readonly file: string; readonly text: string; readonly instead: string };

/** The product without one of its guards. A drill that does not notice it checks nothing. */
export type Mutant = {
  /** The missing guard, in words. */
  readonly without: string;
  /** Edits of TypeScript take effect in the bundles, those of `drizzle/functions` in the database. */
  readonly edits: readonly Edit[];
  /** Statements that the superuser runs, for guards that are settings. */
  readonly statements?: readonly string[];
};

/** Edits the sources while they are bundled. The build fails if the guard is not found. */
export function withoutGuards(mutant: Mutant | undefined): Plugin {
  const edits = (mutant?.edits ?? []).filter(({ file }) => file.endsWith('.ts'));
  return {
    name: 'without-guards',
    setup(build) {
      if (edits.length === 0) return;
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = edits.filter(({ file }) => file === relative(repositoryFolder, path));
        return own.length === 0 ? undefined : { contents: edited(path, own), loader: 'ts' };
      });
    },
  };
}

/** Installs the functions of the database again without their guards, and runs the statements. */
export async function removeGuards(mutant: Mutant, addresses: ServiceAddresses): Promise<void> {
  const sql = postgres(superuserUrl(addresses), { max: 1, onnotice: () => {} });
  try {
    await removeFrom(sql, mutant);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function removeFrom(sql: postgres.Sql, mutant: Mutant): Promise<void> {
  const inDatabase = Map.groupBy(
    mutant.edits.filter(({ file }) => file.endsWith('.sql')),
    ({ file }) => file,
  );
  await sql.unsafe('set role antre_owner');
  for (const [file, edits] of inDatabase) await sql.unsafe(edited(join(repositoryFolder, file), edits));
  await sql.unsafe('reset role');
  for (const statement of mutant.statements ?? []) await sql.unsafe(statement);
}

/** @throws if the guard is not found */
export function edited(path: string, edits: readonly Edit[]): string {
  return edits.reduce(
    (source, { text, instead }) => {
      const changed = source.replace(text, () => instead);
      if (changed === source) throw new Error(`${path} has no such guard: ${text}`);
      return changed;
    },
    readFileSync(path, 'utf8'),
  );
}
