import type { Desk, View } from '../desk.ts';
import type { EventOfDesk } from './editor/event-form.ts';

/** The event in the page's address. @throws AntreProblem for an event of another organiser */
export function ownEvent(desk: Desk): Promise<EventOfDesk> {
  return desk.api.get('/v1/organizers/:slug/events/:eventId', { param: eventParam(desk) });
}

export function eventParam(desk: Desk): { slug: string; eventId: string } {
  return { slug: desk.slug, eventId: desk.param('eventId') };
}

/** The address of a page of the event. */
export const eventPath = (desk: Desk, page = ''): string => `/desk/events/${desk.param('eventId')}${page}`;

/** The parts of a view that all pages of an event share. */
export function eventView(event: EventOfDesk): Pick<View, 'event' | 'section'> {
  const { id, name, status, slug } = event;
  return { section: 'events', event: { id, name, status, slug } };
}
