import type { Data } from '../api.ts';
import type { Desk } from '../desk.ts';
import { eventParam } from '../events/own-event.ts';

export type Category = Data<'/v1/organizers/:slug/events/:eventId/ticket-categories'>['data'][number];
export type Pool = Data<'/v1/organizers/:slug/events/:eventId/pools'>['data'][number];

/** The event's pools, and the categories that draw from them. */
export async function ticketsOf(desk: Desk): Promise<{ pools: readonly Pool[]; categories: readonly Category[] }> {
  const param = eventParam(desk);
  const [pools, categories] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/events/:eventId/pools', { param }),
    desk.api.get('/v1/organizers/:slug/events/:eventId/ticket-categories', { param }),
  ]);
  return { pools: pools.data, categories: categories.data };
}
