/**
 * The header in which a request may name the event that its body names, too. It arrives before the body, so a request
 * beyond the per-event limit is refused without reading its body.
 */
export const eventSlugHeader = 'event-slug';
