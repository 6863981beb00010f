import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { takeTurns } from '../../../../src/notifications/webhooks/sending/queries.ts';
import { sendWebhooksOf } from '../../../../src/notifications/webhooks/sending/send-webhooks.ts';
import { transaction } from '../../../../src/platform/database/db.ts';
import { createEvent } from '../../../../testkit/factories.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../../testkit/notifications/webhook-world.ts';

/** A test world of webhooks in which the test decides when an endpoint has its turn. */
export async function openTurns() {
  const world = await openWebhookWorld();

  /** A new event and an endpoint of its organiser. */
  async function subscribed(options: Parameters<WebhookWorld['addEndpoint']>[1] = {}) {
    const event = await createEvent(world.db);
    return { event, ...(await world.addEndpoint(event.organizer, options)) };
  }
  type Endpoint = { readonly id: string };

  /** Takes all turns and returns the turn of one endpoint, or undefined if nothing of it is due. */
  async function takeTurnOf({ id }: Endpoint) {
    await world.db.execute(sql`update webhook_endpoints set turn_until = null where id = ${id}`);
    return (await transaction(world.db, takeTurns)).find(({ endpointId }) => endpointId === id);
  }
  /** One turn of one endpoint, as a worker runs it. Other endpoints keep theirs for later. */
  async function turn(endpoint: Endpoint): Promise<void> {
    const own = await takeTurnOf(endpoint);
    if (own !== undefined) await sendWebhooksOf(world.worker, own, AbortSignal.timeout(30_000));
  }
  const makeDue = ({ id }: Endpoint) =>
    world.db.execute(
      sql`update webhook_deliveries set due_at = now() where endpoint_id = ${id} and status = 'pending'`,
    );
  const unpause = ({ id }: Endpoint) =>
    world.db.execute(sql`update webhook_endpoints set paused_until = null where id = ${id}`);

  return { world, subscribed, takeTurnOf, turn, makeDue, unpause };
}
export type Turns = Awaited<ReturnType<typeof openTurns>>;

/** An endpoint of our own on the loopback address, for what the sandbox's sink cannot do. */
export async function startServer(answer: (response: ServerResponse) => void) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls: () => calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
