import { z } from 'zod';
import { type DomainError, requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';

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

/**
 * The kind of a key in a cursor. Clients can invent cursors, so each key is checked against its kind before a query
 * gets it: a time that does not exist is the client's fault, not the database's.
 */
export type CursorKey = 'id' | 'time' | 'time or nothing' | 'number' | 'count' | 'text';

const keyLengthMax = 200;
const keyKinds: Readonly<Record<CursorKey, (key: string) => boolean>> = {
  id: (key) => /^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{8,40}$/.test(key),
  time: isCursorTime,
  'time or nothing': (key) => key === '' || isCursorTime(key),
  number: (key) => /^-?\d{1,17}$/.test(key),
  /** Fits an `integer` of the database. */
  count: (key) => /^\d{1,9}$/.test(key),
  text: (key) => !key.includes('\0') && key.isWellFormed(),
};
const time = z.iso.datetime({ offset: true });

/** A time as we write it, between the years 1970 and 2200. */
function isCursorTime(key: string): boolean {
  return time.safeParse(key).success && /^(?:19[7-9]|2[01]\d)\d/.test(key);
}

/**
 * The keys of a cursor, in order.
 * @throws DomainError request.invalid when the cursor was not made by `encodeCursor` of such keys
 */
export function decodeCursor(cursor: string, kinds: readonly CursorKey[]): string[] {
  const keys = keysOf(cursor);
  if (keys?.length !== kinds.length || !kinds.every((kind, index) => keyKinds[kind](keys[index] ?? ''))) {
    throw cursorInvalid();
  }
  return keys;
}

/**
 * Where a page of a list by id continues; undefined for the first page.
 * @throws DomainError request.invalid when the cursor was not made of an id
 */
export function idOfCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, ['id'])[0];
}

/** For keys of the right kinds that still name no place in the list. */
export function cursorInvalid(): DomainError {
  return requestInvalid([inputFault('cursor', 'cursor.invalid')]);
}

function keysOf(cursor: string): string[] | undefined {
  if (!/^[\w-]*$/.test(cursor)) return undefined;
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(keys) && keys.every(isKey) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length <= keyLengthMax;
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

/** The body of a list by id whose rows are shown as they are. */
export function pageById<Row extends { readonly id: string }>(rows: readonly Row[], limit: number) {
  return page(
    rows,
    limit,
    (row) => row,
    ({ id }) => [id],
  );
}
