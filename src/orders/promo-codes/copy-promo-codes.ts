import { sql } from 'drizzle-orm';
import { type Actor, worksAt } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { eventNotFound } from '../../access/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { ownEvent } from '../desk/own-event.ts';
import { promoCodeLimitReached } from '../errors.ts';
import { promoCodesPerEventMax } from './create-promo-code.ts';
import type { CopyPromoCodesInput } from './schemas.ts';

/**
 * Copies the active codes of another event of the organizer. Redemptions of the copies start at zero. Left out are codes
 * that the event has already, and amounts in another currency.
 * @throws DomainError event.not_found, promo_code.limit_reached
 */
export async function copyPromoCodes(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  eventId: string,
  { from, movedSeconds }: CopyPromoCodesInput,
): Promise<{ copied: number; left: number }> {
  const event = await ownEvent(deps.db, actor, eventId);
  const original = await ownEvent(deps.db, actor, from);
  if (!worksAt(actor, original.id)) throw eventNotFound();
  return transaction(deps.db, async (tx) => {
    // One at a time, so that the limit holds.
    await tx.execute(sql`select from events where id = ${event.id} for no key update`);
    const [counts = { own: 0, active: 0 }] = await rowsOf<{ own: number; active: number }>(
      tx,
      sql`
        select count(*) filter (where event_id = ${event.id})::int as own,
          count(*) filter (where event_id = ${original.id} and status = 'active')::int as active
        from promo_codes where event_id in (${event.id}, ${original.id})`,
    );
    const ids = Array.from({ length: counts.active }, () => newId('prm', deps.clock.now()));
    const moved = sql`make_interval(secs => ${movedSeconds})`;
    const copies = await rowsOf(
      tx,
      sql`
        insert into promo_codes (event_id, id, code, kind, value, redemptions_max, valid_from, valid_until)
        select ${event.id}, i.id, p.code, p.kind, p.value, p.redemptions_max, p.valid_from + ${moved}, p.valid_until + ${moved}
        from (
          select *, row_number() over (order by id) as place from promo_codes
          where event_id = ${original.id} and status = 'active'
        ) p
        join unnest(${arrayText(ids.toSorted())}::text[]) with ordinality as i (id, place) using (place)
        where p.kind = 'percent' or ${event.currency === original.currency}
        on conflict (code_key, event_id) do nothing
        returning id`,
    );
    if (counts.own + copies.length > promoCodesPerEventMax) throw promoCodeLimitReached(promoCodesPerEventMax);
    const changes = { eventId: event.id, from: original.id, copies: copies.length };
    await writeAudit(tx, { actor, act: 'promo_code.copied', subjectId: event.id, changes });
    return { copied: copies.length, left: Math.max(0, counts.active - copies.length) };
  });
}
