import { z } from '@hono/zod-openapi';
import { emailBytesMax, readEmail } from '../../platform/text/email-address.ts';
import { type FaultParameters, type FieldFaultCode, fieldFaults } from '../../platform/field-faults.ts';
import { idPatterns } from '../../platform/ids.ts';
import { amountSchema, currencies, signedAmountSchema } from '../../platform/text/money.ts';
import { cleanBlock, cleanLine, isBlock, isOneLine } from '../../platform/text/one-line-text.ts';
import { isPersonName } from '../../platform/text/person-name.ts';
import { isPhoneCountry, phoneTextMax } from '../../platform/text/phone-number.ts';

/** Shapes that several rooms use. Names with `.openapi()` become components of the published contract. */

export const eventIdSchema = z.string().regex(idPatterns.event);
export const orderIdSchema = z.string().regex(idPatterns.order);
export const ticketIdSchema = z.string().regex(idPatterns.ticket);
export const plainIdSchema = z.string().regex(idPatterns.plain);
export const slugSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$/);

/** Parameters of a route below an event, by the event's address. */
export const slugParams = z.object({ slug: slugSchema });

/** The paths of an organiser's routes, which begin with `/v1/organizers/{slug}`. */
export const organizerParams = z.object({ slug: slugSchema });
export const organizerEventParams = organizerParams.extend({ eventId: eventIdSchema });
export const organizerOrderParams = organizerParams.extend({ orderId: orderIdSchema });

/** A refusal by our own rule, for `refine`: the fault of the field by its code. */
export const fault = (code: FieldFaultCode, parameters: FaultParameters = {}) => ({
  message: fieldFaults[code].en,
  params: { ...parameters, code },
});

const knownYears = fault('time.out_of_range', { from: 2000, to: 2200 });

/** RFC 3339 with an offset; presented in UTC. */
export const timeSchema = z.iso.datetime({ offset: true }).openapi({ format: 'date-time' });

/** A time that callers send, within the years that Postgres and clients support. */
export const givenTimeSchema = timeSchema.refine((value) => isKnownYear(new Date(value).getUTCFullYear()), knownYears);

/** A calendar day that callers send, within the same years. */
export const givenDaySchema = z.iso.date().refine((value) => isKnownYear(Number(value.slice(0, 4))), knownYears);

/** A time zone by its name in the zone tables. */
export const timeZoneSchema = z
  .string()
  .max(64, { abort: true })
  .refine((value) => isTimeZone(value), fault('zone.unknown'));

/**
 * Only names with an area, and UTC. Node also accepts offsets such as +07:00, whose sign Postgres reads the other way round, and
 * abbreviations: IST is India here and Israel there, BST is Bangladesh here and Britain there.
 */
function isTimeZone(value: string): boolean {
  if (value !== 'UTC' && !/^[A-Za-z]+\//.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

function isKnownYear(year: number): boolean {
  return year >= 2000 && year < 2200;
}

export const moneySchema = z.object({ amount: amountSchema, currency: z.enum(currencies) }).openapi('Money');
/** What is left of money that came and went. Below zero, it is a loss. */
export const balanceSchema = z.object({ amount: signedAmountSchema, currency: z.enum(currencies) }).openapi('Balance');

/** A fault for `regex`, which can only carry it as its message. */
export const patternFault = (code: FieldFaultCode, parameters: FaultParameters = {}): string =>
  `fault:${JSON.stringify({ ...parameters, code })}`;

const notOneLine = fault('text.not_one_line');
/** A text that is too long gets no further checks: the search for links in a name of 64 kB takes 70 ms. */
const tooLongAlone = { abort: true } as const;

/**
 * One line of human text as `cleanLine` stores it, not empty. It is safe in mails, logs, CSV and beside other text.
 * Every one-line field uses this, `optionalLine` or `personName`.
 */
export const lineOfText = (max: number) =>
  z.string().overwrite(cleanLine).min(1).max(max, tooLongAlone).refine(isOneLine, notOneLine);

/** One line of human text, or nothing. */
export const optionalLine = (max: number) =>
  z.string().overwrite(cleanLine).max(max, tooLongAlone).refine(isOneLine, notOneLine);

/** Several lines of human text, or nothing. */
export const blockOfText = (max: number) =>
  z.string().overwrite(cleanBlock).max(max, tooLongAlone).refine(isBlock, fault('text.control_characters'));

/** The name of a person, used as a greeting in messages. */
export const personName = (max: number) => lineOfText(max).refine(isPersonName, fault('name.not_a_name'));

/** An email address in the spelling that `readEmail` gives it. */
export const emailSchema = z
  .string()
  .check((payload) => {
    const email = readEmail(payload.value);
    if (email !== undefined) payload.value = email;
    else {
      const { message, params } = fault('email.invalid');
      payload.issues.push({ code: 'custom', input: payload.value, message, params });
    }
  })
  .max(emailBytesMax)
  .openapi({ format: 'email' });

/** A country by its two letters. */
export const countrySchema = z
  .string()
  .trim()
  .toUpperCase()
  .length(2, { abort: true })
  .refine(isPhoneCountry, fault('country.unknown'));

/** A phone number as a person wrote it. `phoneOf` reads it once the event is known. */
export const phoneSchema = z
  .string()
  .trim()
  .min(1)
  .max(phoneTextMax, { abort: true })
  .refine((text) => /(?:\p{Nd}\P{Nd}*){5}/u.test(text), fault('phone.invalid'))
  .openapi({
    description:
      'With + or 00 and the country code, or as dialled within `phoneCountry`. Refused with the code ' +
      '`phone.invalid`, `phone.not_mobile` or `phone.ambiguous` in `errors`.',
    example: '0812 3456 7890',
  });

/** The country that a person selected beside a phone number. */
export const phoneCountrySchema = countrySchema.openapi({
  description: 'The country of a phone number without + or 00, if it is not the country of the event.',
  example: 'SG',
});

/** One field that was refused. `code` stays the same; the texts may be shown beside the field. */
export const fieldFaultSchema = z
  .object({
    path: z.string().openapi({ example: 'buyer.email' }),
    code: z.string().openapi({ example: 'email.invalid' }),
    message: z.string().openapi({ description: 'In English.' }),
    messages: z.object({ en: z.string(), id: z.string() }),
  })
  .openapi('FieldFault');

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ example: 'stock.sold_out' }),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(fieldFaultSchema).optional(),
  })
  .openapi('Problem');

/** The body of a list: one page, or all items when `nextCursor` is null. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/** The `responses` entry of one or several refusals. */
export function problems<Status extends number>(...statuses: Status[]) {
  const entry = {
    description: 'Refused; `code` says why.',
    content: { 'application/problem+json': { schema: problemSchema } },
  };
  return Object.fromEntries(statuses.map((status) => [status, entry])) as Record<Status, typeof entry>;
}

/** The `responses` entry of an answer with a JSON body. */
export function answer<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A header of an answer, for its `headers` entry. */
export const textHeader = { schema: { type: 'string' as const } };

/** The `request.body` entry of a JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}
