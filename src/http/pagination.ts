import { z } from 'zod';
import { requestInvalid } from '../platform/errors.ts';
import { inputFault } from '../platform/field-faults.ts';

export const pageSizeDefault = 50;
export const pageSizeMax = 200;

/** Query parameters of every list. */
export const pageQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
};

/** A cursor is opaque to clients: the sort keys of the last row, in order. */
export function encodeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** @throws DomainError request.invalid when the cursor was not made by `encodeCursor` with as many keys. */
export function decodeCursor(cursor: string, keyCount: number): string[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(keys) &&
      keys.length === keyCount &&
      keys.every((key) => typeof key === 'string' && key.length <= 200 && !key.includes('\0'))
    ) {
      return keys;
    }
  } catch {
    // Falls through to the refusal below: a cursor is either ours or it is not.
  }
  throw requestInvalid([inputFault('cursor', 'cursor.invalid')]);
}

/** The body of every list: `rows` holds one more than `limit` when there is a next page. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  keysOf: (row: Row) => readonly string[],
): { data: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(present),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keysOf(last)) : null,
  };
}
