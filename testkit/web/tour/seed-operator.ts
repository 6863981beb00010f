import { sql } from 'drizzle-orm';
import { demoEventId } from '../../../drizzle/seed/demo-id.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';

/** A job that was given up, and a switch that is on at an event without a stop; resolves to the id of the dead letter. */
export async function seedOperator(db: Db): Promise<string> {
  await db.execute(sql`
    insert into switches (name, event_id, event_slug, is_on, reason, changed_by)
    values ('close_sales', ${demoEventId('kecak-bulan-purnama')}, 'kecak-bulan-purnama', true, 'The venue asks for a pause', 'Sari')`);
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`
      insert into dead_letters (outbox_id, name, payload, failure, staged_at)
      values (1, 'delivery.send', '{"deliveryId":"dlv_06FJ2V1H8C9QX4T0RBVE"}', 'TypeError', now() - interval '1 day')
      returning id::text`,
  );
  if (row === undefined) throw new Error('no dead letter');
  return row.id;
}
