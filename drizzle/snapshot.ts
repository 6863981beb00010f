import { randomUUID } from 'node:crypto';
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateDrizzleJson } from 'drizzle-kit/api';

type Snapshot = { id: string; prevId: string; readonly tables: unknown };

const meta = join(import.meta.dirname, 'meta');
const source = resolve(import.meta.dirname, '../src');
const beforeAny = '00000000-0000-0000-0000-000000000000';

/** All `tables.ts` of the service as drizzle-kit describes them. */
export async function readSnapshotOfCode(): Promise<Snapshot> {
  const exported: Record<string, unknown> = {};
  for (const file of globSync('**/tables.ts', { cwd: source }).toSorted()) {
    Object.assign(exported, await import(join(source, file)));
  }
  return { ...generateDrizzleJson(exported) };
}

/** What drizzle-kit compares `tables.ts` with when it makes the next migration. */
export function readNewestSnapshot(): Snapshot {
  return JSON.parse(readFileSync(newestFile(), 'utf8')) as Snapshot;
}

/** Rewrites the newest snapshot, after its migration and `tables.ts` were edited in place. */
export async function rewriteNewestSnapshot(): Promise<string> {
  const file = newestFile();
  let ids: Pick<Snapshot, 'id' | 'prevId'> = { id: randomUUID(), prevId: beforeAny };
  try {
    const { id, prevId } = readNewestSnapshot();
    ids = { id, prevId };
  } catch {
    // There is none yet: the first one is written.
  }
  writeFileSync(file, `${JSON.stringify({ ...(await readSnapshotOfCode()), ...ids }, null, 2)}\n`);
  return file;
}

function newestFile(): string {
  const newest = readdirSync(meta)
    .filter((name) => name.endsWith('_snapshot.json'))
    .toSorted()
    .at(-1);
  return join(meta, newest ?? '0001_snapshot.json');
}
