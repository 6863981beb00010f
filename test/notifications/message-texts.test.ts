import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { definitionOf, messageNames } from '../../src/notifications/message-texts/catalog.ts';
import { faultsOfText, filledText, messageTextMax } from '../../src/notifications/message-texts/check-text.ts';
import { pollTemplates } from '../../src/notifications/senders/sender-templates.ts';
import { sandboxProviders } from '../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../testkit/notifications/use-notifications.ts';
import { type TestOrganizer, createEvent, createOrganizer } from '../../testkit/factories.ts';
import { callDesk, signedIn } from '../../testkit/notifications/desk.ts';
import { addGatewaySender, gatewayMessages, queuedMessage } from '../../testkit/notifications/message-gateways.ts';
import { addSender, notificationConfig, whatsappMessages } from '../../testkit/notifications/notification-world.ts';

/**
 * Guards that an organiser's own text is sent only if it is complete, and that a template is sent only while Meta
 * approves it.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let manager: string;

beforeEach(async () => {
  organizer = await createOrganizer(world.db);
  manager = await signedIn(world, organizer, 'manager');
});

const quiet = () => AbortSignal.timeout(20_000);
const path = (template: string, locale = 'id') =>
  `/v1/organizers/${organizer.slug}/message-texts/${template}/${locale}`;
const put = (text: unknown, template = 'ticket_issued', locale = 'id', as = manager) =>
  callDesk(world, 'PUT', path(template, locale), { as, body: { body: text } });
const codesOf = ({ json }: Awaited<ReturnType<typeof put>>) =>
  ((json['errors'] ?? []) as { code: string }[]).map(({ code }) => code);

test('our own texts follow the rules for texts of organisers', () => {
  for (const name of messageNames) {
    for (const text of Object.values(definitionOf(name).texts)) {
      expect([name, faultsOfText(name, text)]).toEqual([name, []]);
      expect(text.length).toBeLessThanOrEqual(messageTextMax);
    }
  }
});

test('variables in a value are not replaced', () => {
  expect(filledText('{{name}}: {{link}}', { name: '{{link}}', link: 'x' })).toBe('{{link}}: x');
  expect(filledText('{{ name }}', { name: '$&' })).toBe('$&');
});

describe("an organiser's own text", () => {
  test('is refused with a stable code when it uses an unknown variable, lacks a required one, or is too long', async () => {
    const cases: readonly [unknown, string[]][] = [
      ['Halo {{name}}, {{seat}}: {{link}}', ['text.unknown_variable']],
      ['Halo {{name}}', ['text.missing_variable']],
      ['Halo {{code}}', ['text.unknown_variable', 'text.missing_variable']],
      ['{{link}} {{name', ['text.broken_variable']],
      ['{{}} {{link}}', ['text.unknown_variable']],
      [`{{link}} ${'x'.repeat(messageTextMax)}`, ['text.too_long']],
      ['', ['field.required']],
      [7, ['field.type']],
    ];
    for (const [text, codes] of cases) {
      const answer = await put(text);
      expect([text, answer.status, codesOf(answer)]).toEqual([text, 400, codes]);
    }
    expect((await put('{{link}}', 'no_such_message')).status).toBe(400);
    const list = await callDesk(world, 'GET', `/v1/organizers/${organizer.slug}/message-texts`, { as: manager });
    const texts = list.json['data'] as { isOwn: boolean }[];
    expect(texts).toHaveLength(messageNames.length * 2);
    expect(texts.some(({ isOwn }) => isOwn)).toBe(false);
  });

  test('is sent by senders without templates, in its language, until it is reset', async () => {
    const event = await createEvent(world.db, { organizer });
    await addGatewaySender(world, 'fonnte', { organizerId: organizer.id });
    const sentText = async () => {
      world.forget();
      const { deliveryId, to } = await queuedMessage(world, { event });
      await sendDelivery(world.deps, { deliveryId }, quiet());
      return (await gatewayMessages(world, { to }))[0]?.text ?? '';
    };
    expect((await put('Hai {{ name }}! {{event}}\n{{link}}')).json).toMatchObject({ isOwn: true });
    await put('Hi {{name}}! {{link}}', 'ticket_issued', 'en');
    expect(await sentText()).toMatch(/^Hai .+! Senja di Selatan\nhttps:\/\/antre\.example\/orders\//);
    expect((await callDesk(world, 'DELETE', path('ticket_issued'), { as: manager })).status).toBe(204);
    expect(await sentText()).toMatch(/^Halo /);
  });

  test('can be written only by managers of this organiser', async () => {
    const door = await signedIn(world, organizer, 'door');
    expect((await put('{{link}}', 'ticket_issued', 'id', door)).status).toBe(403);
    const stranger = await signedIn(world, await createOrganizer(world.db), 'owner');
    expect((await put('{{link}}', 'ticket_issued', 'id', stranger)).status).toBe(404);
  });
});

describe('templates at Meta', () => {
  type Template = { name: string; language: string; bodyParameters?: number; status?: string; rejectedReason?: string };
  let numbers = 0;

  async function cloudSender(templates: readonly Template[]) {
    numbers += 1;
    const phoneNumberId = `10000000001${String(numbers).padStart(4, '0')}`;
    const businessAccountId = `20000000001${String(numbers).padStart(4, '0')}`;
    const accessToken = `token-of-number-${numbers}`;
    await register(phoneNumberId, { businessAccountId, accessToken, templates });
    const id = await addSender(world.db, {
      organizerId: organizer.id,
      phoneNumberId,
      businessAccountId,
      accessToken,
    });
    return { id, phoneNumberId };
  }
  async function register(phoneNumberId: string, values: object): Promise<void> {
    const response = await fetch(`${world.sandbox.url}/control/whatsapp/senders/${phoneNumberId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(values),
    });
    expect(response.status).toBe(200);
  }
  const poll = async () => {
    const config = { ...notificationConfig, ...sandboxProviders(world.sandbox.url) };
    await pollTemplates({ db: world.db, log: world.deps.log, config }, quiet());
    world.forget();
  };
  const shown = async (id: string) => {
    const owner = await signedIn(world, organizer, 'owner');
    const { json } = await callDesk(world, 'GET', `/v1/organizers/${organizer.slug}/senders/${id}/templates`, {
      as: owner,
    });
    return json['data'] as { name: string; language: string; status: string; reason: string | null; isSent: boolean }[];
  };
  const outcome = async () => {
    const event = await createEvent(world.db, { organizer });
    const { deliveryId, to, now } = await queuedMessage(world, { event });
    await sendDelivery(world.deps, { deliveryId }, quiet());
    return { ...(await now()), messages: await whatsappMessages(world.sandbox, to) };
  };
  const ticket = (more: Partial<Template> = {}): Template => ({
    name: 'ticket_issued',
    language: 'id',
    bodyParameters: 4,
    ...more,
  });

  test('an approved one is sent, and shown as approved', async () => {
    const { id } = await cloudSender([ticket(), ticket({ language: 'en' }), { name: 'not_ours', language: 'id' }]);
    await poll();
    expect((await shown(id)).map(({ language, status, isSent }) => [language, status, isSent])).toEqual([
      ['en', 'APPROVED', true],
      ['id', 'APPROVED', true],
    ]);
    expect((await outcome()).messages).toHaveLength(1);
  });

  test.each(['REJECTED', 'PAUSED', 'PENDING', 'DISABLED'])('a text that is %s is never submitted', async (status) => {
    const { id, phoneNumberId } = await cloudSender([ticket({ status, rejectedReason: 'ABUSIVE_CONTENT' })]);
    await poll();
    // The sandbox would accept it now. Only the status that was read before holds it back.
    await register(phoneNumberId, { templates: [ticket()] });
    const { status: delivered, failure, messages } = await outcome();
    expect([delivered, failure, messages]).toEqual(['failed', 'template_not_approved', []]);
    expect(await shown(id)).toMatchObject([{ status, reason: 'ABUSIVE_CONTENT', isSent: false }]);
    // Approved meanwhile: it goes out after the next look.
    await world.db.execute(sql`update senders set templates_checked_at = now() - interval '11 minutes'`);
    await poll();
    expect((await outcome()).messages).toHaveLength(1);
  });

  test('one with another number of variables is not sent, and another sender is used', async () => {
    const { id } = await cloudSender([ticket({ bodyParameters: 3 })]);
    const other = await addGatewaySender(world, 'wablas', { organizerId: organizer.id });
    await poll();
    expect(await shown(id)).toMatchObject([{ status: 'APPROVED', isSent: false }]);
    expect((await outcome()).sender_id).toBe(other.id);
  });

  test('they are read in pages, and again only after ten minutes; a failed read changes nothing', async () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ name: `not_ours_${index}`, language: 'id' }));
    const { id, phoneNumberId } = await cloudSender([...many, ticket()]);
    await poll();
    expect(await shown(id)).toHaveLength(1);
    await register(phoneNumberId, { templates: [] });
    await poll();
    expect(await shown(id)).toHaveLength(1);
    await register(phoneNumberId, { accessToken: 'another-token' });
    await world.db.execute(sql`update senders set templates_checked_at = now() - interval '11 minutes'`);
    await poll();
    expect(await shown(id)).toHaveLength(1);
  });
});
