/**
 * Kinds of events that have a name in each language of the pages. An organiser may write any other kind; it is shown as
 * written. The names are also search terms of their events: `konser` and `concert` find the same events.
 */
export const eventKinds = {
  concert: { id: 'Konser', en: 'Concert' },
  festival: { id: 'Festival', en: 'Festival' },
  theatre: { id: 'Teater', en: 'Theatre' },
  comedy: { id: 'Komedi', en: 'Comedy' },
  film: { id: 'Film', en: 'Film' },
  exhibition: { id: 'Pameran', en: 'Exhibition' },
  sport: { id: 'Olahraga', en: 'Sport' },
  conference: { id: 'Konferensi', en: 'Conference' },
  workshop: { id: 'Lokakarya', en: 'Workshop' },
  family: { id: 'Keluarga', en: 'Family' },
} as const;

export type EventKind = keyof typeof eventKinds;
export const eventKindNames = Object.keys(eventKinds) as EventKind[];

const kindsByName: ReadonlyMap<string, EventKind> = new Map(
  eventKindNames.flatMap((kind) =>
    [kind, ...Object.values(eventKinds[kind])].map((name) => [name.toLowerCase(), kind] as const),
  ),
);

/** The kind that an organiser wrote, by its name in any language and case; undefined if it is not one of these. */
export function eventKindOf(category: string): EventKind | undefined {
  return kindsByName.get(category.trim().toLowerCase());
}

/** One word for the kind, however its organiser or a reader named it. */
export const kindKeyOf = (category: string): string => eventKindOf(category) ?? category;
