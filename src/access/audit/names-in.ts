import type { FindNames } from '../ports.ts';
import type { AuditEntryWithName } from './list-audit-log.ts';

/** An id of a thing: three letters and its key. */
const idShape = /^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{8,}$/;

/** The entries, each with the names of the things that it names by their ids. One look-up for all of them. */
export async function withNames(
  findNames: FindNames,
  organizerId: string,
  entries: readonly AuditEntryWithName[],
): Promise<(AuditEntryWithName & { readonly names: Readonly<Record<string, string>> })[]> {
  const idsOf = (entry: AuditEntryWithName) => [...new Set(textsIn([entry.subjectId, entry.changes]))].filter(isId);
  const names = await findNames(organizerId, [...new Set(entries.flatMap(idsOf))]);
  return entries.map((entry) => ({
    ...entry,
    names: Object.fromEntries(
      idsOf(entry).flatMap((id) => {
        const name = names.get(id);
        return name === undefined ? [] : [[id, name]];
      }),
    ),
  }));
}

const isId = (text: string): boolean => idShape.test(text);

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
