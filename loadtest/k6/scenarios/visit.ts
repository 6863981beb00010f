import { check } from 'k6';
import { type PublicRead, browseRound } from '../../bench/surge/mix.ts';
import { callApi } from '../lib/client.ts';
import { iteration } from '../lib/data.ts';
import type { PreparedSurge } from '../lib/prepare-surge.ts';

let round: readonly PublicRead[] | undefined;

/** One public read of a visitor. */
export function visit({ tags, roomSlug }: PreparedSurge): void {
  // Each virtual user has its own copy of this module.
  round ??= browseRound(new Map(tags), roomSlug);
  const number = iteration();
  const [path, headers] = round[number % round.length] ?? ['/v1/events', {}];
  const reply = callApi({ route: path, path, headers, class: 'browse', network: number });
  check(reply, { 'a public read is answered': ({ status }) => status === 200 || status === 304 });
}
