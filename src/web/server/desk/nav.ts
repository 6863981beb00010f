import type { Language } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';

/** The pages that the navigation of the desk names. */
export type Section = 'events';
/** The pages below one event. */
export type EventSection = 'overview' | 'details' | 'publication';

type Link<Name> = { readonly name: Name; readonly path: string; readonly label: string };

export function sectionLinks(language: Language): readonly Link<Section>[] {
  const words = frameWords[language];
  return [{ name: 'events', path: '/desk', label: words.events }];
}

export function eventLinks(eventId: string, language: Language): readonly Link<EventSection>[] {
  const words = frameWords[language];
  const path = `/desk/events/${eventId}`;
  return [
    { name: 'overview', path, label: words.overview },
    { name: 'details', path: `${path}/details`, label: words.details },
    { name: 'publication', path: `${path}/publication`, label: words.publication },
  ];
}
