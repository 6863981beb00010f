import { expect } from 'vitest';
import { createEvent } from '../../../../testkit/factories.ts';
import type { WebhookWorld } from '../../../../testkit/notifications/webhook-world.ts';

/** A new event with a signed-in owner and a manager of its organiser, and calls of the routes of webhooks. */
export async function openWebhookDesk(world: WebhookWorld) {
  const event = await createEvent(world.db);
  const { organizer } = event;
  const owner = await world.signedIn(organizer, 'owner');
  const manager = await world.signedIn(organizer, 'manager');

  async function call(method: string, path: string, as: string | undefined, body?: unknown, slug = organizer.slug) {
    const response = await world.api.fetch(`/v1/organizers/${slug}/webhooks${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, code: json['code'], json, text };
  }

  const sink = (name: string) => `${world.sandbox.url}/webhook-sink/${name}`;

  async function made(
    types: readonly string[] = ['order.paid', 'order.refunded'],
  ): Promise<{ id: string; secret: string }> {
    const answer = await call('POST', '', owner, { url: sink('routes'), types });
    expect(answer.status).toBe(201);
    return { id: String(answer.json['id']), secret: String(answer.json['secret']) };
  }
  return { event, organizer, owner, manager, call, sink, made };
}
export type WebhookDesk = Awaited<ReturnType<typeof openWebhookDesk>>;
