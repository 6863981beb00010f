import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookInvariants } from '../../../src/notifications/webhooks/invariants.ts';
import { createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';

/** Each truth about webhooks names the row that breaks it. */

let world: WebhookWorld;
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());

test('an invariant finds a corrupted log', async () => {
  const organizer = await createOrganizer(world.db);
  const event = await createEvent(world.db, { organizer });
  const endpoint = await world.addEndpoint(organizer);
  await world.db.execute(
    sql`update webhook_endpoints set subscribed_since = now() - interval '1 day' where id = ${endpoint.id}`,
  );
  const orderId = await world.paid(event);
  await world.paid(event);
  const violations = async (name: string) => {
    const found = webhookInvariants.find((invariant) => invariant.name === name);
    return (await found?.find(world.db)) ?? [];
  };
  await world.db.execute(
    sql`update webhook_deliveries set due_at = now() - interval '1 hour' where endpoint_id = ${endpoint.id}`,
  );
  expect(await violations('webhooks.none_stuck')).toHaveLength(2);
  await world.db.execute(sql`delete from webhook_deliveries where endpoint_id = ${endpoint.id}`);
  expect(await violations('webhooks.noted_are_delivered')).toHaveLength(2);
  await world.db.execute(sql`delete from webhooks where organizer_id = ${organizer.id} and subject_id = ${orderId}`);
  expect(await violations('webhooks.facts_noted')).toEqual([`order ${orderId} was paid and has no webhook`]);
  await world.db.execute(sql`
    insert into webhooks (id, organizer_id, type, subject_id, data, occurred_at)
    select webhook_id(now()), organizer_id, type, subject_id, data, now() from webhooks where organizer_id = ${organizer.id}`);
  expect(await violations('webhooks.noted_once')).toHaveLength(1);
});
