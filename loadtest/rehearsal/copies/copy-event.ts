import { z } from 'zod';
import type { OrderShape } from '../../bench/load/order-requests.ts';
import { at, listOf } from '../../demo/http.ts';
import { RehearsalRefused } from '../options.ts';
import type { Organizer } from './organizer.ts';

/** The fields of an event that a rehearsal reads. All others are copied unchanged. */
const eventSchema = z.looseObject({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  currency: z.string(),
  ticketsPerOrderMax: z.number(),
  ticketsPerBuyerMax: z.number().nullable(),
});
export type RehearsedEvent = z.output<typeof eventSchema>;

const poolSchema = z.object({ id: z.string(), name: z.string(), capacity: z.number(), blocked: z.number() });
const categorySchema = z.looseObject({
  id: z.string(),
  poolId: z.string(),
  status: z.string(),
  perOrderMin: z.number(),
  perOrderMax: z.number(),
  perBuyerMax: z.number().nullable(),
});

/** A copy that is on sale. */
export type Copy = {
  readonly id: string;
  readonly slug: string;
  /** An order of each category on sale. */
  readonly shapes: readonly OrderShape[];
  /** An order of the tickets that the door scans, if they were requested. */
  readonly guests: OrderShape | undefined;
};

export type CopyGiven = {
  readonly slug: string;
  /** Pools of the greatest size, because the rates of the ladder would sell them out. */
  readonly endless: boolean;
  /** A free category of its own, for the door. */
  readonly withGuests: boolean;
  /** Called as soon as there is something to end. */
  readonly onCreated: (copy: { readonly id: string; readonly slug: string }) => void;
};

const hourMs = 3_600_000;
const placesMax = 10_000_000;
const nameLengthMax = 200;
/** Tickets per order, as far as the event allows it: people come in pairs. */
const ticketsWanted = 2;
const guestsWanted = 20;
const guestPlaces = 100_000;

/** Fields of an event that a new event accepts. */
const copiedFields = [
  'summary',
  'description',
  'nameEn',
  'summaryEn',
  'descriptionEn',
  'category',
  'city',
  'venue',
  'address',
  'country',
  'timeZone',
  'currency',
  'holdSeconds',
  'ticketsPerOrderMax',
  'ticketsPerBuyerMax',
  'feePerTicket',
  'refundableUntilHours',
  'transfersAllowed',
  'detailsUntilHours',
] as const;
const categoryFields = [
  'name',
  'description',
  'nameEn',
  'descriptionEn',
  'price',
  'perOrderMin',
  'perOrderMax',
  'perBuyerMax',
  'position',
  'status',
  'hasHolderNames',
] as const;
const questionFields = ['text', 'textEn', 'kind', 'scope', 'choices', 'isRequired', 'position'] as const;
const scheduleFields = ['title', 'titleEn', 'stage', 'stageEn', 'description', 'descriptionEn'] as const;

/**
 * @param wanted the slug or id of one of the organiser's events, drafts included
 * @throws RehearsalRefused
 */
export async function findEvent(organizer: Organizer, wanted: string): Promise<RehearsedEvent> {
  const byId = wanted.startsWith('evt_') ? await organizer.ask('GET', `/events/${wanted}`) : undefined;
  const found =
    byId?.status === 200 ? byId.body : (await organizer.list('/events')).find((event) => at(event, 'slug') === wanted);
  if (found !== undefined) return eventSchema.parse(found);
  throw new RehearsalRefused(`${organizer.slug} has no event "${wanted}".`);
}

/**
 * The places that the event sells.
 * @throws RehearsalRefused if nothing of it can be sold
 */
export async function placesOf(organizer: Organizer, event: RehearsedEvent): Promise<number> {
  const { pools, categories } = await partsOf(organizer, event.id);
  const sold = new Set(categories.filter(({ status }) => status === 'on_sale').map(({ poolId }) => poolId));
  const places = pools.reduce((sum, pool) => sum + (sold.has(pool.id) ? pool.capacity - pool.blocked : 0), 0);
  if (places > 0) return places;
  throw new RehearsalRefused(`The event ${event.slug} has no places in a category that is on sale.`);
}

async function partsOf(organizer: Organizer, eventId: string) {
  return {
    pools: z.array(poolSchema).parse(await organizer.list(`/events/${eventId}/pools`)),
    categories: z.array(categorySchema).parse(await organizer.list(`/events/${eventId}/ticket-categories`)),
  };
}

/**
 * Copies an event through the API, with its texts, pools, categories, questions and schedule, and publishes the copy. Its sale and
 * its doors are open now.
 */
export async function copyEvent(organizer: Organizer, event: RehearsedEvent, given: CopyGiven): Promise<Copy> {
  const hours = (count: number) => new Date(Date.now() + count * hourMs).toISOString();
  const created = await organizer.send('POST', '/events', {
    ...picked(event, copiedFields),
    pictureOf: event.id,
    name: `Rehearsal: ${event.name}`.slice(0, nameLengthMax).trim(),
    slug: given.slug,
    doorsOpenAt: hours(-1),
    startsAt: hours(1),
    endsAt: hours(24),
  });
  const id = String(at(created, 'id'));
  given.onCreated({ id, slug: given.slug });
  const path = `/events/${id}`;
  const saleWindow = { saleOpensAt: hours(-1), saleClosesAt: hours(23) };
  const { pools, categories } = await partsOf(organizer, event.id);
  const poolIds = new Map<string, string>();
  for (const { id: poolId, name, capacity, blocked } of pools) {
    const size = given.endless ? { capacity: placesMax, blocked: 0 } : { capacity, blocked };
    poolIds.set(poolId, String(at(await organizer.send('POST', `${path}/pools`, { name, ...size }), 'id')));
  }
  const shapes: OrderShape[] = [];
  for (const category of categories) {
    const poolId = poolIds.get(category.poolId);
    const body = { ...picked(category, categoryFields), ...saleWindow, poolId };
    const made = await organizer.send('POST', `${path}/ticket-categories`, body);
    if (category.status === 'on_sale')
      shapes.push(shapeOf(given.slug, at(made, 'id'), quantityOf(event, category, ticketsWanted)));
  }
  for (const question of await organizer.list(`/events/${event.id}/questions`))
    await organizer.send('POST', `${path}/questions`, picked(question, questionFields));
  for (const item of listOf(await organizer.send('GET', `/events/${event.id}/schedule`)))
    await organizer.send('POST', `${path}/schedule`, {
      ...picked(item, scheduleFields),
      startsAt: hours(2),
      endsAt: hours(3),
    });
  const guests = given.withGuests
    ? await addGuests(organizer, event, { slug: given.slug, path, saleWindow })
    : undefined;
  await organizer.send('POST', `${path}/publication`);
  return { id, slug: given.slug, shapes, guests };
}

async function addGuests(
  organizer: Organizer,
  event: RehearsedEvent,
  { slug, path, saleWindow }: { slug: string; path: string; saleWindow: object },
): Promise<OrderShape> {
  const pool = await organizer.send('POST', `${path}/pools`, { name: 'Rehearsal guests', capacity: guestPlaces });
  const quantity = quantityOf(event, { perOrderMin: 1, perOrderMax: guestsWanted, perBuyerMax: null }, guestsWanted);
  const made = await organizer.send('POST', `${path}/ticket-categories`, {
    poolId: at(pool, 'id'),
    name: 'Rehearsal guests',
    price: { amount: 0, currency: event.currency },
    perOrderMax: guestsWanted,
    ...saleWindow,
  });
  return shapeOf(slug, at(made, 'id'), quantity);
}

type Limits = { readonly perOrderMin: number; readonly perOrderMax: number; readonly perBuyerMax: number | null };

function quantityOf(event: RehearsedEvent, { perOrderMin, perOrderMax, perBuyerMax }: Limits, wanted: number): number {
  const { ticketsPerOrderMax, ticketsPerBuyerMax } = event;
  const most = Math.min(perOrderMax, perBuyerMax ?? wanted, ticketsPerOrderMax, ticketsPerBuyerMax ?? wanted);
  return Math.max(perOrderMin, Math.min(wanted, most));
}

function shapeOf(slug: string, categoryId: unknown, quantity: number): OrderShape {
  return { slug, lines: [{ ticketCategoryId: String(categoryId), quantity }] };
}

/**
 * Ends a copy: one without orders becomes a draft again; any other is called off, which refunds its orders at the
 * sandbox.
 * @returns what was done with it, for the reader
 */
export async function endCopy(organizer: Organizer, { id, slug }: Pick<Copy, 'id' | 'slug'>): Promise<string> {
  // Nobody may be left waiting. An event without a room answers that it has none.
  await organizer.ask('POST', `/events/${id}/waiting-room/closure`);
  const unpublished = await organizer.ask('DELETE', `/events/${id}/publication`);
  if (unpublished.status < 300) return `${slug} is a draft again`;
  await organizer.send('POST', `/events/${id}/cancellation`);
  return `${slug} is called off, and its orders are refunded`;
}

function picked(from: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = at(from, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
