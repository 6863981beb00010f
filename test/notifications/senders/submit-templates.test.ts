import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { definitionOf, messageNames } from '../../../src/notifications/message-texts/catalog.ts';
import { pollTemplates } from '../../../src/notifications/senders/sender-templates.ts';
import { submitTemplates } from '../../../src/notifications/senders/submit-templates.ts';
import { templateRequest } from '../../../src/notifications/senders/template-request.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import { type TestOrganizer, createOrganizer } from '../../../testkit/factories.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { addGatewaySender } from '../../../testkit/notifications/message-gateways.ts';
import { addSender } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that the texts of messages become templates that Meta can approve, and that an approved one is not sent into review by chance. */

const world = await useNotifications();
let organizer: TestOrganizer;
let owner: string;
let numbers = 0;
beforeEach(async () => {
  await world.db.execute(sql`delete from outbox`);
  organizer = await createOrganizer(world.db);
  owner = await signedIn(world, organizer, 'owner');
});

const messages = messageNames.length * 2;
const signal = () => AbortSignal.timeout(20_000);
const call = (method: string, path: string, body?: unknown, as = owner) =>
  callDesk(world, method, `/v1/organizers/${organizer.slug}${path}`, { as, body });

async function register(phoneNumberId: string, values: object): Promise<void> {
  const response = await fetch(`${world.sandbox.url}/control/whatsapp/senders/${phoneNumberId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(values),
  });
  expect(response.status).toBe(200);
}
async function cloudSender(templates: readonly object[] = []) {
  numbers += 1;
  const phoneNumberId = `10000000002${String(numbers).padStart(4, '0')}`;
  const businessAccountId = `20000000002${String(numbers).padStart(4, '0')}`;
  const accessToken = `token-of-submitter-${numbers}`;
  await register(phoneNumberId, { businessAccountId, accessToken, templates });
  const id = await addSender(world.db, { organizerId: organizer.id, phoneNumberId, businessAccountId, accessToken });
  return { id, phoneNumberId };
}
const submit = (senderId: string) => submitTemplates(world.deps, { senderId }, signal());
async function poll() {
  await world.db.execute(sql`update senders set templates_checked_at = null`);
  await pollTemplates(world.deps, signal());
}
async function shown(senderId: string) {
  const { json } = await call('GET', `/senders/${senderId}/templates`);
  return json['data'] as { name: string; language: string; status: string; reason: string | null; isSent: boolean }[];
}
const stateOf = async (senderId: string, name: string, language = 'id') =>
  (await shown(senderId)).find((template) => template.name === name && template.language === language);

describe('what Meta is asked to approve', () => {
  test.each(messageNames)(
    '%s: numbered variables, each with an example, none at an end, the link as a button',
    (name) => {
      for (const language of ['id', 'en'] as const) {
        const { parameters, texts, button } = definitionOf(name);
        const request = templateRequest(
          { PUBLIC_URL: 'https://antre.example' },
          { name, language, text: texts[language] },
        );
        if ('missing' in request) throw new Error(`lacks ${request.missing}`);
        const text = JSON.stringify(request.components);
        if (button === 'code') return expect(request.category).toBe('AUTHENTICATION');
        expect(request.category).toBe(name === 'event_news' ? 'MARKETING' : 'UTILITY');
        for (let number = 1; number <= parameters.length; number += 1) expect(text).toContain(`{{${number}}}`);
        expect(text).not.toMatch(/\{\{[a-z]/);
        expect(text.includes('/orders/{{1}}')).toBe(button === 'link');
      }
    },
  );

  test('an organiser’s text that lacks a variable is no template', () => {
    const request = templateRequest(
      { PUBLIC_URL: 'https://antre.example' },
      { name: 'ticket_issued', language: 'id', text: 'Halo {{name}}, tiket {{event}}: {{link}}' },
    );
    expect(request).toEqual({ missing: 'time' });
  });
});

describe('submission', () => {
  test('all messages in both languages are submitted, reviewed and then sent', async () => {
    const { id } = await cloudSender();
    expect((await call('POST', `/senders/${id}/templates`)).status).toBe(202);
    expect(
      await rowsOf(
        world.db,
        sql`select payload ->> 'senderId' as id from outbox where name = 'sender.submit_templates'`,
      ),
    ).toEqual([{ id }]);
    await submit(id);
    expect(await shown(id)).toHaveLength(messages);
    await until(async () => {
      await poll();
      return (await shown(id)).every(({ isSent }) => isSent);
    });
    // Again: Meta has them, so nothing is submitted.
    await submit(id);
    expect((await shown(id)).every(({ status }) => status === 'APPROVED')).toBe(true);
  });

  test('own texts are submitted; a rejected text can be rewritten, and a refused submission shows the reason', async () => {
    const { id } = await cloudSender();
    const write = (template: string, body: string) => call('PUT', `/message-texts/${template}/id`, { body });
    await write('order_cancelled', 'Halo {{name}}, kami tolak pesanan {{order}} untuk {{event}}. {{link}}');
    await write('ticket_issued', 'Tiket {{event}}: {{link}}');
    await submit(id);
    expect(await stateOf(id, 'ticket_issued')).toMatchObject({
      status: 'NOT_SUBMITTED',
      reason: 'text.missing_variable name',
      isSent: false,
    });
    const statusOf = async () => {
      await poll();
      return (await stateOf(id, 'order_cancelled'))?.status;
    };
    await until(async () => (await statusOf()) === 'REJECTED');
    // The poll keeps the reason for templates that Meta does not have.
    expect(await stateOf(id, 'ticket_issued')).toMatchObject({ status: 'NOT_SUBMITTED' });
    await write('order_cancelled', 'Halo {{name}}, pesanan {{order}} untuk {{event}} dibatalkan. {{link}}');
    await write('ticket_issued', 'Halo {{name}}, tiket {{event}} pada {{time}}, pesanan {{order}}: {{link}}');
    await submit(id);
    await until(async () => (await statusOf()) === 'APPROVED');
    expect(await stateOf(id, 'ticket_issued')).toMatchObject({ status: 'APPROVED', isSent: true });
  });

  test('a template that was registered at Meta and is approved stays as it is', async () => {
    const { id, phoneNumberId } = await cloudSender([{ name: 'ticket_issued', language: 'id', bodyParameters: 4 }]);
    await submit(id);
    expect(await stateOf(id, 'ticket_issued')).toMatchObject({ status: 'APPROVED', isSent: true });
    expect(await shown(id)).toHaveLength(messages);
    // Without an answer the job comes back.
    await register(phoneNumberId, { accessToken: 'another-token' });
    await expect(submit(id)).rejects.toThrow(RetryLater);
  });

  test('other staff, and senders without templates, are refused', async () => {
    const wablas = await addGatewaySender(world, 'wablas', { organizerId: organizer.id });
    const { status, json } = await call('POST', `/senders/${wablas.id}/templates`);
    expect([status, json['code']]).toEqual([409, 'sender.no_templates']);
    const { id } = await cloudSender();
    const manager = await signedIn(world, organizer, 'manager');
    expect((await call('POST', `/senders/${id}/templates`, undefined, manager)).status).toBe(403);
    organizer = await createOrganizer(world.db);
    owner = await signedIn(world, organizer, 'owner');
    expect((await call('POST', `/senders/${id}/templates`)).json['code']).toBe('sender.not_found');
  });
});

test('a sender whose credentials cannot be opened keeps no other one from being read', async () => {
  const template = { name: 'ticket_issued', language: 'id', bodyParameters: 4 };
  const [before, broken, after] = [await cloudSender([template]), await cloudSender(), await cloudSender([template])];
  await world.db.execute(sql`update senders set credentials = 'of another key' where id = ${broken.id}`);
  await expect(poll()).rejects.toThrow();
  for (const { id } of [before, after])
    expect(await stateOf(id, 'ticket_issued')).toMatchObject({ status: 'APPROVED' });
  await world.db.execute(sql`update senders set status = 'disabled' where id = ${broken.id}`);
  await poll();
});
