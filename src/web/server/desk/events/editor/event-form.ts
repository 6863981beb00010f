import { eventKindNames, eventKinds } from '../../../../../catalog/index.ts';
import { currencies } from '../../../../../platform/text/money.ts';
import { homeCountry, homeTimeZone } from '../../../../../platform/text/home.ts';
import { eventFormWords } from '../../../../i18n/words/desk/events/event-form.ts';
import { kindText } from '../../../../i18n/words/kinds.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import type { Desk } from '../../desk.ts';
import type { Form, FormValues } from '../../forms.ts';
import { fieldGroup, selectField, textField, timeField } from '../../parts/fields.ts';

export type EventOfDesk = Data<'/v1/organizers/:slug/events/:eventId'>;

/** Defaults for organisers in Indonesia. */
export const suggested = { timeZone: homeTimeZone, currency: 'IDR', country: homeCountry } as const;

const zones = [
  'Asia/Jakarta',
  'Asia/Makassar',
  'Asia/Jayapura',
  'Asia/Singapore',
  'Asia/Kuala_Lumpur',
  'Asia/Bangkok',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Europe/London',
  'America/New_York',
  'UTC',
];

/** Texts, place and time of an event. */
export function describingFields(desk: Desk, form: Form, event?: EventOfDesk): readonly Html[] {
  const { language } = desk;
  const words = eventFormWords[language];
  return [
    fieldGroup(words.what, [
      textField(form, language, {
        name: 'name',
        label: words.name,
        value: event?.name,
        maxlength: 200,
      }),
      textField(form, language, {
        name: 'nameEn',
        label: words.nameEn,
        hint: words.englishHint,
        value: event?.nameEn ?? '',
        maxlength: 200,
        isOptional: true,
      }),
      textField(form, language, {
        name: 'category',
        label: words.category,
        hint: words.categoryHint,
        value: event === undefined ? undefined : kindText(event.category, language),
        choices: eventKindNames.map((kind) => eventKinds[kind][language]),
        maxlength: 80,
      }),
      textField(form, language, {
        name: 'summary',
        label: words.summary,
        hint: words.summaryHint,
        value: event?.summary,
        maxlength: 500,
        isOptional: true,
      }),
      textField(form, language, {
        name: 'summaryEn',
        label: words.summaryEn,
        value: event?.summaryEn ?? '',
        maxlength: 500,
        isOptional: true,
      }),
    ]),
    // A published event is moved on a page of its own, because its ticket holders are told.
    ...(event?.status === 'published' ? [] : [whereFields(desk, form, event), whenFields(desk, form, event)]),
  ];
}

export function whereFields({ language }: Desk, form: Form, event?: EventOfDesk): Html {
  const words = eventFormWords[language];
  return fieldGroup(words.where, [
    textField(form, language, { name: 'venue', label: words.venue, value: event?.venue, maxlength: 120 }),
    textField(form, language, { name: 'city', label: words.city, value: event?.city, maxlength: 120 }),
    textField(form, language, {
      name: 'address',
      label: words.address,
      hint: words.addressHint,
      value: event?.address,
      maxlength: 500,
      isOptional: true,
      className: 'full',
    }),
  ]);
}

/** Times are local to the venue, so the time zone is part of the group. */
export function whenFields({ language }: Desk, form: Form, event?: EventOfDesk): Html {
  const words = eventFormWords[language];
  const timeZone = event?.timeZone ?? suggested.timeZone;
  const known = zones.includes(timeZone) ? zones : [timeZone, ...zones];
  return fieldGroup(words.when, [
    timeField(form, language, { name: 'startsAt', label: words.startsAt, value: event?.startsAt, timeZone }),
    timeField(form, language, { name: 'endsAt', label: words.endsAt, value: event?.endsAt, timeZone }),
    timeField(form, language, {
      name: 'doorsOpenAt',
      label: words.doorsOpenAt,
      value: event?.doorsOpenAt,
      timeZone,
      isOptional: true,
    }),
    selectField(form, language, {
      name: 'timeZone',
      label: words.timeZone,
      hint: words.timeZoneHint,
      value: timeZone,
      options: known.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
    }),
  ]);
}

/** The texts of `describingFields`, as the API takes them. */
export function describedEvent(values: FormValues) {
  return {
    name: values.text('name'),
    nameEn: values.optional('nameEn') ?? null,
    category: values.text('category'),
    summary: values.text('summary'),
    summaryEn: values.optional('summaryEn') ?? null,
  };
}

/** The values of `whenFields` and `whereFields`, as the API takes them. */
export function placedEvent(values: FormValues) {
  const timeZone = values.text('timeZone');
  const doorsOpenAt = values.text('doorsOpenAt') === '' ? {} : { doorsOpenAt: values.time('doorsOpenAt', timeZone) };
  return {
    venue: values.text('venue'),
    city: values.text('city'),
    address: values.text('address'),
    timeZone,
    startsAt: values.time('startsAt', timeZone),
    endsAt: values.time('endsAt', timeZone),
    ...doorsOpenAt,
  };
}

export function currencyField({ language }: Desk, form: Form): Html {
  const words = eventFormWords[language];
  return selectField(form, language, {
    name: 'currency',
    label: words.currency,
    hint: words.currencyHint,
    value: suggested.currency,
    options: currencies.map((currency) => ({ value: currency, label: currency })),
  });
}

export function slugField({ language, publicUrl }: Desk, form: Form): Html {
  const words = eventFormWords[language];
  return textField(form, language, {
    name: 'slug',
    label: words.slug,
    hint: words.slugHint(`${publicUrl}/events/`),
    maxlength: 80,
    autocomplete: 'off',
    isOptional: true,
    className: 'full',
  });
}
