import { createHash } from 'node:crypto';

import { decodeCursor } from '../http/pagination.ts';
import { requestInvalid } from '../platform/errors.ts';
import { searchWordsMax } from './limits.ts';
import type { ListingQuery } from './schemas.ts';

/** What a listing asks for, in one form for all the ways to write it. */
export type ListingFilter = {
  readonly city: string | undefined;
  readonly category: string | undefined;
  /** Whole minutes, so that a page which sends its own clock does not ask for a listing of its own. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly words: readonly string[];
  readonly after: { readonly startsAtMicros: string; readonly id: string } | undefined;
  readonly limit: number;
};

const minuteMs = 60_000;

/** @throws DomainError request.invalid when the cursor is not one of this list */
export function listingFilterOf(query: ListingQuery): ListingFilter {
  const keys = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 2);
  const [startsAtMicros = '0', id = ''] = keys ?? [];
  if (!/^-?\d{1,17}$/.test(startsAtMicros)) {
    throw requestInvalid([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  }
  return {
    city: folded(query.city),
    category: folded(query.category),
    from: wholeMinute(query.from),
    to: wholeMinute(query.to),
    words:
      (query.q ?? '')
        .normalize('NFC')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu)
        ?.slice(0, searchWordsMax) ?? [],
    after: keys === undefined ? undefined : { startsAtMicros, id },
    limit: query.limit,
  };
}

/** Equal for filters that list the same: unknown parameters, order, case and spelling of times have no part in it. */
export function listingNameOf(filter: ListingFilter): string {
  const parts = [
    filter.city,
    filter.category,
    filter.from?.getTime(),
    filter.to?.getTime(),
    filter.words.join(' '),
    filter.after?.startsAtMicros,
    filter.after?.id,
    filter.limit,
  ];
  return `listing:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27)}`;
}

function folded(text: string | undefined): string | undefined {
  return text?.normalize('NFC').toLowerCase();
}

function wholeMinute(time: string | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(Math.floor(Date.parse(time) / minuteMs) * minuteMs);
}
