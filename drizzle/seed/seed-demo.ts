import type { Config } from '../../src/config.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Db } from '../../src/platform/database/db.ts';
import { music } from './music.ts';
import type { DemoEvent } from './programme-types.ts';
import { queued } from './queued.ts';
import { seedAccounts } from './seed-accounts.ts';
import { seedEvent } from './seed-event.ts';
import { seedRoom } from './seed-room.ts';
import { seedSoldOut } from './seed-sold-out.ts';
import { stageAndSport } from './stage-and-sport.ts';

/** All events of the demo organiser. */
export const programme: readonly DemoEvent[] = [...music, ...stageAndSport, ...queued];

/**
 * Writes the demo: an organiser with published passwords, the sandbox's accounts, and a programme around today. Safe to
 * repeat: sold tickets stay.
 * @returns one line that says what was written
 */
export async function seedDemo(deps: { db: Db; config: Config; clock: Clock }): Promise<string> {
  const { db, config, clock } = deps;
  if (config.ENV === 'production') throw new Error('the demo has published passwords: it is not seeded in production');
  const organizerId = await seedAccounts(db, config.ENCRYPTION_KEY);
  for (const event of programme) {
    await seedEvent(db, organizerId, event, clock.now());
    if (event.room !== undefined) await seedRoom(deps, organizerId, event, event.room);
    if (event.soldOutTo !== undefined) await seedSoldOut(deps, event, event.soldOutTo);
  }
  const opening = programme.find(({ saleOpens }) => 'minutes' in saleOpens && saleOpens.minutes > 0);
  const withRoom = programme.find(({ room }) => room !== undefined);
  const facts = [
    `${programme.length} events, 3 staff`,
    `${opening?.slug ?? 'nothing'} goes on sale in 10 minutes`,
    `${withRoom?.slug ?? 'nothing'} has a waiting room, open now and drawn in ${withRoom?.room?.freezesAfterMinutes ?? 0} minutes`,
  ];
  return `demo: ${facts.join('; ')}`;
}
