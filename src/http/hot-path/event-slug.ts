/**
 * The header in which a request may name the event that its body names too. It is there before the body is: the crowd
 * of an event is refused without reading what each of them sends.
 */
export const eventSlugHeader = 'event-slug';
