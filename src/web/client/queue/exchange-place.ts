import { askedBy, call } from '../shared/calls/api.ts';
import type { Held } from './held-place.ts';

/** The result of presenting the place: what this browser holds now, or when to try again. */
export type Exchanged =
  | { readonly kind: 'held'; readonly held: Held }
  | { readonly kind: 'invalid'; readonly held: Held }
  | { readonly kind: 'again'; readonly askedMs: number };

/** Exchanges a called place for a pass. It may be repeated until the turn is over. */
export async function exchangePlace(slug: string, held: Held): Promise<Exchanged> {
  if (held.place === undefined) return { kind: 'again', askedMs: 0 };
  const answer = await call<{ pass: string; expiresAt: string }>('POST', `/v1/events/${slug}/queue/passes`, {
    body: { placeToken: held.place.token },
    deadlineMs: 8000,
  });
  if (answer.kind === 'ok')
    return { kind: 'held', held: { ...held, pass: { text: answer.body.pass, expiresAt: answer.body.expiresAt } } };
  const code = answer.kind === 'refused' ? answer.problem.code : undefined;
  if (code === 'queue.turn_lapsed') return { kind: 'held', held: { ...held, isLapsed: true } };
  if (code === 'queue.place_invalid') {
    const { place: _place, pass: _pass, ...rest } = held;
    return { kind: 'invalid', held: rest };
  }
  return { kind: 'again', askedMs: askedBy(answer) };
}
