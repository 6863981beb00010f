import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { demoEventId } from '../../../drizzle/seed/demo-id.ts';
import { demoOrganizerSlug, demoPassword } from '../../../drizzle/seed/seed-accounts.ts';
import { seedDemo } from '../../../drizzle/seed/seed-demo.ts';
import { demoCategoryId } from '../../../drizzle/seed/seed-event.ts';
import { loadConfig } from '../../../src/config.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { signInAtDesk } from '../../../testkit/web/sign-in.ts';
import { apiEnvironment } from '../harness/api-environment.ts';
import type { BenchStack } from '../harness/stack.ts';

const slug = 'senja-di-selatan';
const unknownCode = '0123456789ABCDEFGHJKMNPQR0';

/** One page, and the steps that a person takes on it first. */
export type PageCase = {
  readonly name: string;
  readonly path: string;
  readonly cookies: Awaited<ReturnType<typeof signInAtDesk>>;
  /** Shown once the page can be used. */
  readonly ready: string;
  /** Real clicks and keys, whose delay is measured. */
  readonly act: (page: Page) => Promise<void>;
};

/** Fills the database with the demo. @returns the pages of the buyer, the organiser and the door */
export async function preparePages(stack: BenchStack, browser: Browser, origin: string): Promise<readonly PageCase[]> {
  const call = callerOf(origin);
  const { accessToken } = await call('/v1/sessions', { email: 'owner@demo.test', password: demoPassword });
  const device = await call(
    `/v1/organizers/${demoOrganizerSlug}/devices`,
    { name: 'Gate', eventId: demoEventId(slug) },
    { authorization: `Bearer ${accessToken ?? ''}` },
  );
  const order = await call('/v1/orders', {
    eventSlug: slug,
    buyer: { name: 'Ayu Lestari', email: 'ayu@contoh.example', phone: '+6281290001010' },
    lines: [{ ticketCategoryId: demoCategoryId(slug, 'Festival'), quantity: 2 }],
  });
  const none = { cookies: [] };
  return [
    { ...none, name: 'event', path: `/events/${slug}`, ready: '#place:not([disabled])', act: orderWithoutName },
    { ...none, name: 'listing', path: '/', ready: '.search', act: typeInSearch },
    {
      ...none,
      name: 'order',
      path: `/orders/${order['id'] ?? ''}?lang=id#${order['accessToken'] ?? ''}`,
      ready: '#order:not([hidden])',
      act: openCancelDialog,
    },
    {
      ...none,
      name: 'waiting room',
      path: '/events/gita-semesta/queue',
      ready: '#stage:not([data-kind="loading"])',
      act: openDetails,
    },
    {
      name: 'desk home',
      path: '/desk',
      cookies: await signInAtDesk(browser, origin, 'owner@demo.test'),
      ready: '.desk-nav',
      act: (page) => page.keyboard.press('Tab'),
    },
    {
      ...none,
      name: 'door',
      path: '/door',
      ready: '#sign-in:not([hidden])',
      act: (page) => scan(page, device['token'] ?? ''),
    },
  ];
}

/** The demo with an event on sale and a waiting room. */
export async function seedPages({ open: { db }, services: { addresses } }: BenchStack): Promise<void> {
  const environment = apiEnvironment({ addresses, port: 1, operationsPort: 1, processes: 1, api: {} });
  await seedDemo({ db, config: loadConfig(environment), clock: systemClock });
}

async function orderWithoutName(page: Page): Promise<void> {
  await page.click('[data-step="1"]:not([disabled])');
  await page.click('#place');
  await page.waitForSelector('#name-error:not([hidden])');
}

async function typeInSearch(page: Page): Promise<void> {
  await page.click('[name="q"]');
  await page.keyboard.type('jazz');
}

async function openCancelDialog(page: Page): Promise<void> {
  await page.click('#cancel');
  await page.click('#cancel-no');
}

async function openDetails(page: Page): Promise<void> {
  await page.click('details.panel > summary');
}

async function scan(page: Page, token: string): Promise<void> {
  await page.click('details.promo summary');
  await page.fill('#deviceToken', token);
  await page.click('#device-submit');
  await page.click('#choice-submit:not([disabled])');
  await page.click('#code');
  await page.keyboard.type(unknownCode);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#answer.answer-bad');
}

/** @throws if the API refuses: a page of faulty data shows nothing */
function callerOf(origin: string) {
  return async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Readonly<Record<string, string>>;
  };
}
