import type { PictureRefusal } from './media/make-picture.ts';
import { picturePixelsMax, pictureSideMax } from './limits.ts';
import { refusalsOf } from '../platform/errors.ts';

export const catalogProblems = {
  'event.slug_taken': { status: 409, title: 'Slug taken' },
  'event.changed_meanwhile': { status: 409, title: 'Event has changed' },
  'event.not_publishable': { status: 409, title: 'Event not ready to publish' },
  'event.cancelled': { status: 409, title: 'Event cancelled' },
  'event.has_orders': { status: 409, title: 'Event has orders' },
  'event.not_published': { status: 409, title: 'Event not published' },
  'schedule_item.not_found': { status: 404, title: 'Schedule item not found' },
  'ticket_category.not_found': { status: 404, title: 'Ticket category not found' },
  'ticket_category.has_orders': { status: 409, title: 'Ticket category has orders' },
  'ticket_category.pool_unknown': { status: 409, title: 'Unknown pool' },
  'catalog.limit_reached': { status: 409, title: 'Limit reached' },
  'picture.not_found': { status: 404, title: 'Picture not found' },
  'picture.type_unsupported': { status: 415, title: 'Unsupported picture type' },
  'picture.animated': { status: 415, title: 'Animated picture' },
  'picture.too_many_pixels': { status: 413, title: 'Too many pixels' },
  'picture.too_small': { status: 400, title: 'Picture too small' },
  'picture.unreadable': { status: 400, title: 'Picture unreadable' },
} as const;

export type CatalogErrorCode = keyof typeof catalogProblems;

const { refusal } = refusalsOf<CatalogErrorCode>();

export const slugTaken = () => refusal('event.slug_taken', 'Another event has this slug; choose another one.');
export const eventChangedMeanwhile = (version: number) =>
  refusal('event.changed_meanwhile', 'The event has changed since you read it; read it again.', { version });
export const eventCancelled = () => refusal('event.cancelled', 'A cancelled event can no longer be changed.');
export const eventHasOrders = () =>
  refusal('event.has_orders', 'Tickets of this event were ordered, so it can be cancelled but not unpublished.');
export const eventNotPublished = () =>
  refusal('event.not_published', 'Only a published event can be cancelled or postponed.');
export const scheduleItemNotFound = () => refusal('schedule_item.not_found', 'The event has no such schedule item.');
export const ticketCategoryNotFound = () =>
  refusal('ticket_category.not_found', 'The event has no such ticket category.');
export const ticketCategoryHasOrders = () =>
  refusal(
    'ticket_category.has_orders',
    'Tickets of this category were ordered: it can be closed, but not deleted or moved to another pool.',
  );
export const pictureNotFound = () => refusal('picture.not_found', 'There is no such picture.');
const pictureReasons: Readonly<Record<PictureRefusal, string>> = {
  'picture.type_unsupported': 'The file must be a JPEG, PNG, WebP or AVIF picture.',
  'picture.animated': 'The picture must not be animated.',
  'picture.too_many_pixels': `The picture must have at most ${picturePixelsMax} pixels, and ${pictureSideMax} on a side.`,
  'picture.too_small': 'The picture must have at least 960 by 600 pixels.',
  'picture.unreadable': 'The file is damaged or cut short.',
};
export const pictureRefused = (code: PictureRefusal) => refusal(code, pictureReasons[code]);
export const poolUnknown = () => refusal('ticket_category.pool_unknown', 'The event has no such pool.');
export const limitReached = (limit: string, max: number) =>
  refusal('catalog.limit_reached', 'The limit is reached; see limit.', { limit, max });

/** What an event may lack to be public. */
export const missingCodes = [
  'event.times',
  'event.doors',
  'event.over',
  'ticket_category.none',
  'ticket_category.no_stock',
  'ticket_category.sale_window',
  'ticket_category.sale_over',
  'ticket_category.order_limits',
  'ticket_category.entry_window',
  'payment.no_account',
  'payment.currency',
  'payment.amount',
] as const;

export type MissingForPublication = {
  readonly code: (typeof missingCodes)[number];
  readonly message: string;
  readonly subjectId?: string;
};

export const eventNotPublishable = (missing: readonly MissingForPublication[]) =>
  refusal('event.not_publishable', 'The event is not ready to publish; see missing.', { missing });
