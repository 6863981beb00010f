import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readContract } from '../../../deploy/client/contract.ts';

/**
 * Guards that what organisers can do by the API they can do at the desk: each operation of the contract under an organiser's address is
 * called by a page of the desk, or stands here with the reason why not.
 */

const gateway = 'connections/connections.ts calls it under the name of the gateway in use';
const reasons: Readonly<Record<string, string>> = {
  'put /payment-accounts/midtrans': gateway,
  'get /payment-accounts/midtrans': gateway,
  'post /payment-accounts/midtrans/tests': gateway,
  'get /orders/:orderId/refunds': 'the order and its story show its refunds',
  'get /orders/:orderId/deliveries': 'the story of the order shows its messages',
  'get /events/:eventId/sales': 'the live sale shows the same figures and more',
  'get /events/:eventId/sales/stream': 'sale/sale-stream.ts opens it for the script of the live sale',
  'get /events/:eventId/deliveries/summary': 'the live sale counts the messages by channel and state',
  'get /events/:eventId/news-audience': 'the preview of an announcement counts those who get it',
  'get /reports/:reportId': 'the list of reports shows the progress',
  'get /reports/:reportId/file':
    'the page hands out a link that works once, since a browser sends no credential with a download',
  'get /webhooks/:endpointId/deliveries/:webhookId':
    'the log shows each webhook with its last answer; the whole body is for programs',
};

const prefix = '/v1/organizers/:slug';
const nameOf = (method: string, path: string) => `${method} ${path.slice(prefix.length)}`;

function operations(): string[] {
  return Object.entries(readContract().paths).flatMap(([path, methods]) => {
    const address = path.replaceAll(/\{(\w+)\}/g, ':$1');
    return address.startsWith(`${prefix}/`) ? Object.keys(methods).map((method) => nameOf(method, address)) : [];
  });
}

/** The calls of a page name their address, or a constant of the same file that does. */
function callsOfDesk(): Set<string> {
  const called = new Set<string>();
  for (const file of globSync('src/web/server/desk/**/*.ts')) {
    const text = readFileSync(file, 'utf8');
    const constants = new Map(
      [...text.matchAll(/const (\w+) =\s*'(\/v1\/[^']+)'/g)].map(([, name, path]) => [name, path]),
    );
    for (const [, method = '', quoted, name] of text.matchAll(
      /\.(get|post|put|patch|delete)\(\s*(?:'(\/v1\/[^']+)'|(\w+),)/g,
    )) {
      const path = quoted ?? constants.get(name);
      if (path?.startsWith(`${prefix}/`) === true) called.add(nameOf(method, path));
    }
  }
  return called;
}

test('each operation of organisers has a page at the desk or a stated reason, and no reason is out of date', () => {
  const all = operations();
  const called = callsOfDesk();
  expect(all.length).toBeGreaterThan(130);
  const missing = all.filter((one) => !called.has(one) && !Object.hasOwn(reasons, one));
  expect(missing).toEqual([]);
  const outdated = Object.keys(reasons).filter((one) => called.has(one) || !all.includes(one));
  expect(outdated).toEqual([]);
});

test('control: an operation without a page would be found', () => {
  expect(callsOfDesk().has('put /events/:eventId/sales')).toBe(true);
  expect(callsOfDesk().has('put /events/:eventId/nothing')).toBe(false);
});
