import { inLanguage } from '../platform/text/in-language.ts';

type Language = 'id' | 'en';
type Named = { readonly name: string; readonly nameEn: string | null };
type Summed = Named & { readonly summary: string; readonly summaryEn: string | null };
type Scheduled = {
  readonly title: string;
  readonly titleEn: string | null;
  readonly stage: string;
  readonly stageEn: string | null;
};
type Described = { readonly description: string; readonly descriptionEn: string | null };

/** An event, or a row with its short texts. Name and summary are in the reader's language if they exist in it. */
export function eventIn<Event extends Summed>(language: Language, event: Event): Event {
  return {
    ...event,
    name: inLanguage(language, event.name, event.nameEn),
    summary: inLanguage(language, event.summary, event.summaryEn),
  };
}

/** Adds the long text. */
export function wholeEventIn<Event extends Summed & Described>(language: Language, event: Event): Event {
  return { ...eventIn(language, event), description: inLanguage(language, event.description, event.descriptionEn) };
}

/** A ticket category in the reader's language. */
export function categoryIn<Category extends Named & Described>(language: Language, category: Category): Category {
  return {
    ...category,
    name: inLanguage(language, category.name, category.nameEn),
    description: inLanguage(language, category.description, category.descriptionEn),
  };
}

/** An item of the schedule in the reader's language. */
export function scheduleItemIn<Item extends Scheduled & Described>(language: Language, item: Item): Item {
  return {
    ...item,
    title: inLanguage(language, item.title, item.titleEn),
    stage: inLanguage(language, item.stage, item.stageEn),
    description: inLanguage(language, item.description, item.descriptionEn),
  };
}
