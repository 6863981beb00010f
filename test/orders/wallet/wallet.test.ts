import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { strFromU8, unzipSync } from 'fflate';
import { jwtVerify } from 'jose';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { keepWalletKeys } from '../../../sandbox/wallet/keep-wallet-keys.ts';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { events } from '../../../src/catalog/tables.ts';
import { groupTicketCode } from '../../../src/orders/tickets/codes/group-ticket-code.ts';
import { linkLengthMax } from '../../../src/orders/wallet/google-link.ts';
import { createWallets } from '../../../src/orders/wallet/routes.ts';
import { walletSettings } from '../../../src/orders/wallet/wallet-settings.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type TestEventOptions, createEvent } from '../../../testkit/factories.ts';
import { type OrderDesk, bearer, openDesk } from '../../../testkit/orders/order-desk.ts';
import { ask, sellOrder, soldTicket } from '../../../testkit/orders/sold-order.ts';
import { type WalletKeys, makeWalletKeys } from '../../../testkit/orders/wallet-keys.ts';
import { useOrderDatabase } from '../support/order-database.ts';

/** Guards that passes are signed, show the ticket's data, and go only to the present holder of a valid ticket. */

const { open, deps } = await useOrderDatabase();
const keys = await makeWalletKeys();
let desk: OrderDesk;

beforeEach(() => {
  desk = openDesk(open, createWallets(keys.config, systemClock));
});
afterAll(() => keys.remove());

test('the end of the certificate that ends first is a metric', async () => {
  const end = execFileSync('openssl', ['x509', '-enddate', '-noout', '-in', keys.config.APPLE_PASS_CERTIFICATE_FILE], {
    encoding: 'utf8',
  });
  const [value] = (await registry.getSingleMetric('antre_wallet_certificate_end_seconds')?.get())?.values ?? [];
  expect(value?.value).toBeLessThanOrEqual(Date.parse(end.split('=')[1] ?? '') / 1000);
  expect(value?.value).toBeGreaterThan(Date.now() / 1000);
});

async function sell(options: TestEventOptions = {}) {
  const sold = await sellOrder({ open, deps, desk }, await createEvent(open.db, options));
  const list = await ask(desk, `/v1/orders/${sold.id}/tickets`, { headers: sold.headers });
  const { data } = list.body as { data: { id: string; code: string; shortCode: string }[] };
  const [ticket] = data;
  if (ticket === undefined) throw new Error('the order has no ticket');
  return { ...sold, ticket, list: list.body, path: `/v1/orders/${sold.id}/tickets/${ticket.id}` };
}
const get = (path: string, headers: Record<string, string>) => desk.app.request(path, { headers });
const linkAt = async (path: string, headers: Record<string, string>) =>
  ((await ask(desk, path, { headers })).body as { url: string }).url;
const heldBy = (ticketId: string, number: number) =>
  bearer(ticketAccessToken(desk.deps.config.ORDER_TOKEN_SECRET, ticketId, number));
const give = (sold: { id: string; headers: Record<string, string> }, ticketId: string) =>
  ask(desk, `/v1/orders/${sold.id}/transfers`, {
    headers: sold.headers,
    body: { ticketId, holder: { name: 'Budi Santoso', email: `${crypto.randomUUID()}@example.test` } },
  });

/** The files of a pass after its hashes and its signature were checked, the second by openssl. */
async function verified(answer: Response) {
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const { 'manifest.json': manifest, signature, ...hashed } = files;
  if (manifest === undefined || signature === undefined) throw new Error('the pass is not signed');
  const sums = Object.fromEntries(
    Object.entries(hashed).map(([name, file]) => [name, createHash('sha1').update(file).digest('hex')]),
  );
  expect(JSON.parse(strFromU8(manifest))).toEqual(sums);
  expect(isSigned(manifest, signature)).toBe(true);
  expect(isSigned(Buffer.concat([manifest, Buffer.from(' ')]), signature)).toBe(false);
  return {
    names: Object.keys(hashed),
    pass: JSON.parse(strFromU8(hashed['pass.json'] ?? new Uint8Array())) as unknown,
  };
}

function isSigned(manifest: Uint8Array, signature: Uint8Array): boolean {
  const [content, detached] = [join(keys.folder, 'manifest.json'), join(keys.folder, 'signature')];
  writeFileSync(content, manifest);
  writeFileSync(detached, signature);
  const how = ['cms', '-verify', '-binary', '-inform', 'DER', '-purpose', 'any', '-CAfile', keys.authorityFile];
  try {
    execFileSync('openssl', [...how, '-in', detached, '-content', content], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function claimsOf(url: string) {
  expect(url).toMatch(/^https:\/\/pay\.google\.com\/gp\/v\/save\/[\w.-]+$/);
  expect(url.length).toBeLessThanOrEqual(linkLengthMax);
  const { payload, protectedHeader } = await jwtVerify(url.slice(url.lastIndexOf('/') + 1), keys.googlePublicKey, {
    audience: 'google',
    issuer: 'wallet@antre-sandbox.iam.gserviceaccount.com',
  });
  expect(protectedHeader).toMatchObject({ alg: 'RS256' });
  return payload;
}

describe('a pass for Apple Wallet', () => {
  test('is signed for the configured type and has the facts of the ticket', async () => {
    const { ticket, path, headers, id, list } = await sell();
    expect(list).toMatchObject({ wallets: ['apple', 'google'] });
    const answer = await get(`${path}/pass.pkpass`, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.pkpass');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const { names, pass } = await verified(answer);
    expect(names).toEqual(expect.arrayContaining(['icon.png', 'icon@2x.png', 'icon@3x.png']));
    expect(pass).toMatchObject({
      formatVersion: 1,
      passTypeIdentifier: 'pass.example.antre.tickets',
      teamIdentifier: 'ABCDE12345',
      serialNumber: ticket.id,
      description: 'Tiket Senja di Selatan',
      barcodes: [{ format: 'PKBarcodeFormatQR', message: ticket.code, altText: groupTicketCode(ticket.shortCode) }],
    });
    const text = JSON.stringify(pass);
    for (const shown of ['Lapangan Selatan, Jakarta', 'WIB', 'Pintu dibuka', orderCode(id), 'ditolak di pintu'])
      expect(text).toContain(shown);
  });

  test('speaks the language of the order, and names no date where the event has none', async () => {
    const { path, headers, id, event } = await sell();
    await open.db.execute(sql`update orders set locale = 'en' where id = ${id}`);
    await open.db.execute(sql`update events set postponed_at = now() where id = ${event.id}`);
    const { pass } = await verified(await get(`${path}/pass.pkpass`, headers));
    expect(pass).toMatchObject({ description: 'Ticket to Senja di Selatan' });
    expect(pass).not.toHaveProperty('relevantDate');
    expect(JSON.stringify(pass)).toContain('Postponed, new date to come');
    expect(JSON.stringify(pass)).not.toContain('WIB');
  });
});

describe('a link for Google Wallet', () => {
  test('is a signed token with the event and the ticket, without personal data', async () => {
    const { ticket, path, headers, id } = await sell();
    const claims = await claimsOf(await linkAt(`${path}/google-wallet`, headers));
    const { eventTicketClasses: classes, eventTicketObjects: objects } = claims['payload'] as Record<string, unknown[]>;
    expect(claims).toMatchObject({ typ: 'savetowallet' });
    const [eventClass] = classes as { id: string }[];
    expect(eventClass).toMatchObject({
      id: expect.stringMatching(/^3388000000022222222\.[\w.-]+$/),
      reviewStatus: 'UNDER_REVIEW',
      eventName: { defaultValue: { language: 'id', value: 'Senja di Selatan' } },
      dateTime: { start: expect.stringMatching(/Z$/) },
    });
    expect(objects).toEqual([
      {
        id: `3388000000022222222.${ticket.id.slice(4)}-0`,
        classId: eventClass?.id,
        state: 'ACTIVE',
        ticketType: { defaultValue: { language: 'id', value: expect.any(String) } },
        reservationInfo: { confirmationCode: orderCode(id) },
        barcode: { type: 'QR_CODE', value: ticket.code, alternateText: groupTicketCode(ticket.shortCode) },
      },
    ]);
    expect(JSON.stringify(claims)).not.toContain('ticketHolderName');
  });

  test('stays short enough with the longest texts in any script', async () => {
    for (const letter of ['W', 'あ', '😀']) {
      const long = letter.repeat(200);
      const { path, headers } = await sell({ event: { name: long, venue: long, address: long, city: long } });
      const { payload } = await claimsOf(await linkAt(`${path}/google-wallet`, headers));
      expect(JSON.stringify(payload)).toContain(`${letter}…`);
    }
  });
});

test('a transferred ticket has a pass for its new holder alone, with the new code', async () => {
  const sold = await sell();
  expect((await give(sold, sold.ticket.id)).status).toBe(204);
  for (const kind of ['pass.pkpass', 'google-wallet']) {
    expect((await get(`${sold.path}/${kind}`, sold.headers)).status).toBe(404);
    expect((await get(`/v1/tickets/${sold.ticket.id}/${kind}`, heldBy(sold.ticket.id, 2))).status).toBe(404);
    expect((await get(`/v1/tickets/${sold.ticket.id}/${kind}`, {})).status).toBe(404);
  }
  const held = await ask(desk, `/v1/tickets/${sold.ticket.id}`, { headers: heldBy(sold.ticket.id, 1) });
  expect(held.body).toMatchObject({ wallets: ['apple', 'google'] });
  const { code } = (held.body as { code: { code: string } }).code;
  expect(code).not.toBe(sold.ticket.code);
  const { pass } = await verified(await get(`/v1/tickets/${sold.ticket.id}/pass.pkpass`, heldBy(sold.ticket.id, 1)));
  expect(pass).toMatchObject({ barcodes: [{ message: code }] });
  expect(JSON.stringify(pass)).toContain('Budi Santoso');
  expect(JSON.stringify(pass)).not.toContain(orderCode(sold.id));
  const url = await linkAt(`/v1/tickets/${sold.ticket.id}/google-wallet`, heldBy(sold.ticket.id, 1));
  expect(JSON.stringify(await claimsOf(url))).toContain(code);
});

test('there is no pass for a ticket that is not valid, not theirs, or of an event that was called off', async () => {
  const [sold, other, off] = [await sell(), await sell(), await sell()];
  const revoked = soldTicket(sold, 2);
  await open.db.execute(sql`update tickets set status = 'revoked' where id = ${revoked}`);
  await open.db.update(events).set({ status: 'cancelled' }).where(sql`id = ${off.event.id}`);
  for (const kind of ['pass.pkpass', 'google-wallet']) {
    const refusals = [
      `/v1/orders/${sold.id}/tickets/${revoked}/${kind}`,
      `/v1/orders/${sold.id}/tickets/${other.ticket.id}/${kind}`,
      `/v1/orders/${sold.id}/tickets/nonsense/${kind}`,
    ].map((path) => ask(desk, path, { headers: sold.headers }));
    refusals.push(ask(desk, `${off.path}/${kind}`, { headers: off.headers }));
    for (const refusal of await Promise.all(refusals))
      expect(refusal).toMatchObject({ status: 404, body: { code: 'ticket.not_found' } });
  }
});

describe('settings', () => {
  test('of the sandbox are made once for a folder, so that a restart signs as before', async () => {
    const folder = join(keys.folder, 'kept');
    const first = await keepWalletKeys(folder);
    const read = () =>
      Object.values(first)
        .filter((value) => value.startsWith(folder))
        .map((file) => readFileSync(file, 'utf8'));
    const before = read();
    expect([await keepWalletKeys(folder), before.length]).toEqual([first, 4]);
    expect(read()).toEqual(before);
    const { apple, google } = walletSettings(first);
    expect([apple?.passTypeId, google?.issuerId]).toEqual([first.APPLE_PASS_TYPE_ID, first.GOOGLE_WALLET_ISSUER_ID]);
  });

  test('without them no wallet is offered', async () => {
    desk = openDesk(open);
    const { path, headers, list } = await sell();
    expect(list).toMatchObject({ wallets: [] });
    for (const kind of ['pass.pkpass', 'google-wallet'])
      expect(await ask(desk, `${path}/${kind}`, { headers })).toMatchObject({
        status: 404,
        body: { code: 'wallet.not_offered' },
      });
  });

  test('that cannot sign prevent the start, and the fault names the variable', () => {
    const { APPLE_PASS_CERTIFICATE_FILE: pass, APPLE_WWDR_CERTIFICATE_FILE: wwdr } = keys.config;
    const fault = (change: Partial<WalletKeys['config']>) => () => walletSettings({ ...keys.config, ...change });
    expect(fault({})).not.toThrow();
    expect(fault({ APPLE_PASS_CERTIFICATE_FILE: '/nowhere' })).toThrow('APPLE_PASS_CERTIFICATE_FILE: cannot be read');
    expect(fault({ APPLE_PASS_CERTIFICATE_FILE: wwdr })).toThrow('is not the key of');
    expect(fault({ APPLE_WWDR_CERTIFICATE_FILE: pass })).toThrow('has not signed');
    expect(fault({ APPLE_PASS_TYPE_ID: 'pass.other' })).toThrow('APPLE_PASS_TYPE_ID: is not the UID');
    expect(fault({ APPLE_TEAM_ID: 'ZZZZZ99999' })).toThrow('APPLE_TEAM_ID: is not the OU');
    expect(fault({ APPLE_PASS_KEY_FILE: pass })).toThrow('holds no private key');
    expect(fault({ GOOGLE_WALLET_KEY_FILE: pass })).toThrow('is not the JSON key of a service account');
  });
});
