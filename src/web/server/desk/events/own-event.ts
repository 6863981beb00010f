import type { Desk, View } from '../desk.ts';
import type { EventOfDesk } from './editor/event-form.ts';

/** The event that the address of a page names. @throws AntreProblem for an event that is not the organiser's */
export function ownEvent(desk: Desk): Promise<EventOfDesk> {
  return desk.api.get('/v1/organizers/:slug/events/:eventId', { param: eventParam(desk) });
}

export function eventParam(desk: Desk): { slug: string; eventId: string } {
  return { slug: desk.slug, eventId: desk.param('eventId') };
}

/** The part of a view that is the same on every page of an event. */
export function eventView(event: EventOfDesk): Pick<View, 'event' | 'section'> {
  const { id, name, status, slug } = event;
  return { section: 'events', event: { id, name, status, slug } };
}
