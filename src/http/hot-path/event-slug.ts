/**
 * The header in which a request may repeat the event of its body. It arrives before the body, so a request beyond the
 * per-event limit is refused without reading the body.
 */
export const eventSlugHeader = 'event-slug';
