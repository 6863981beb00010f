import { type Audited, hearAudit } from '../access/index.ts';
import {
  type InvalidationKind,
  type Invalidations,
  shareInvalidations,
} from '../platform/invalidation/invalidations.ts';
import type { Log } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { Closers } from '../platform/resilience/shutdown.ts';

/**
 * What a person's act invalidates, by the noun of its entry in the audit log, and the id of what has changed. Access is not here: one act
 * ends many sessions, keys and devices, and `Actors.forget` names each.
 */
const byNoun: Readonly<Record<string, readonly [InvalidationKind, (entry: Audited) => string]>> = {
  payment_account: ['payment_account', ({ organizerId }) => organizerId],
  sender: ['senders', ({ organizerId }) => organizerId],
  message_text: ['message_texts', ({ organizerId }) => organizerId],
  ticket_codes: ['ticket_keys', ({ subjectId }) => subjectId],
  ticket_key: ['ticket_keys', ({ subjectId }) => subjectId],
};

/** The invalidations of a process, fed by what its own commits have changed. */
export function composeInvalidations(deps: { redis: RedisClient; log: Log; closers: Closers }): Invalidations {
  const invalidations = shareInvalidations(deps);
  const stop = hearAudit((entry) => {
    const [kind, idOf] = byNoun[entry.act.split('.')[0] ?? ''] ?? [];
    if (kind !== undefined && idOf !== undefined) invalidations.invalidate(kind, idOf(entry));
  });
  deps.closers.add('invalidations', () => {
    stop();
    invalidations.close();
  });
  return invalidations;
}
