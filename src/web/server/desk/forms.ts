import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { DateTime } from 'luxon';
import type { FieldFault } from '../../../client/problem.ts';
import { requestInvalid } from '../../../platform/errors.ts';
import { inputFault } from '../../../platform/field-faults.ts';
import { hotRequestOfContext } from '../../../http/hot-path/hot-request.ts';
import { minorDigits } from '../../../platform/text/format-money.ts';

/** The longest form is an event with its description in two languages. */
export const formBytesMax = 256 * 1024;

/** What a member typed into a form. A missing field reads as an empty one. */
export type FormValues = {
  /** As typed, with blanks at the ends removed. */
  text(name: string): string;
  /** The text, or undefined where the field was left empty. */
  optional(name: string): string | undefined;
  /** As typed, blanks included: for passwords. */
  raw(name: string): string;
  /** The bytes of a chosen file; none where no file was chosen. */
  file(name: string): Uint8Array;
  /** Whether a box was ticked. */
  has(name: string): boolean;
  all(name: string): readonly string[];
  /** NaN for text that is no number. NaN is null in JSON, which the API refuses with a fault of this field. */
  number(name: string): number;
  /** A number, or null where the field was left empty. */
  numberOrNull(name: string): number | null;
  /** The amount in the smallest unit in use; NaN for text that is no amount. */
  money<Currency extends string>(name: string, currency: Currency): { amount: number; currency: Currency };
  /** RFC 3339 of a local time in a zone; text that is no time is returned as it is, for the API to refuse. */
  time(name: string, timeZone: string): string;
};

/** One form of a page: empty at first, and as it was sent after a refusal. */
export type Form = {
  readonly act: string;
  readonly values: FormValues | undefined;
  readonly faults: readonly FieldFault[];
  /** Why the whole form was refused, in the member's language. */
  readonly refusal: string | undefined;
  /** The same for each sending of this form, so that a form that is sent twice acts once. */
  readonly key: string;
  /** The labels of the fields by name, noted as fields are made; the summary of faults names fields by them. */
  readonly labels: Map<string, string>;
};

export const emptyForm = (act: string): Form => ({
  act,
  values: undefined,
  faults: [],
  refusal: undefined,
  key: randomUUID(),
  labels: new Map(),
});

/**
 * @param bytesMax of the whole form, with its files
 * @throws DomainError request.too_large, request.invalid
 */
export async function readForm(c: Context, bytesMax: number = formBytesMax): Promise<FormValues> {
  const bytes = await hotRequestOfContext(c).bytes(bytesMax);
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) return formValues(new URLSearchParams(bytes.toString('utf8')));
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData().catch(() => {
    throw requestInvalid([inputFault('', 'body.cut_short')]);
  });
  const fields = new URLSearchParams();
  const files = new Map<string, Uint8Array>();
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.append(name, value);
    else files.set(name, new Uint8Array(await value.arrayBuffer()));
  }
  return formValues(fields, files);
}

export function formValues(fields: URLSearchParams, files: ReadonlyMap<string, Uint8Array> = new Map()): FormValues {
  const raw = (name: string) => fields.get(name) ?? '';
  const text = (name: string) => raw(name).trim();
  const number = (name: string) => (text(name) === '' ? Number.NaN : Number(text(name)));
  return {
    raw,
    file: (name) => files.get(name) ?? new Uint8Array(),
    text,
    optional: (name) => (text(name) === '' ? undefined : text(name)),
    has: (name) => fields.has(name),
    all: (name) => fields.getAll(name),
    number,
    numberOrNull: (name) => (text(name) === '' ? null : number(name)),
    money: (name, currency) => ({ amount: readAmount(text(name), currency), currency }),
    time: (name, timeZone) => readTime(text(name), timeZone),
  };
}

/** Reads `150.000`, `150,000`, `Rp 150000`, and for currencies with cents also `12.50` and `12,50`. */
export function readAmount(text: string, currency: string): number {
  const digits = minorDigits(currency);
  const plain = text.replaceAll(/[\s\u00A0]|^(?:Rp|RM|S\$|US\$|\$)/gi, '');
  const [, whole = '', part = ''] =
    digits === 0 ? [plain, plain] : (new RegExp(`^(.*?)(?:[.,](\\d{1,${digits}}))?$`).exec(plain) ?? []);
  const units = whole.replaceAll(/[.,](?=\d{3}(?:\D|$))/g, '');
  if (!/^\d{1,15}$/.test(units)) return Number.NaN;
  return Number(units) * 10 ** digits + Number(part.padEnd(digits, '0') || 0);
}

/** An amount as a field shows it, without its currency. */
export function writeAmount(amount: number, currency: string): string {
  return (amount / 10 ** minorDigits(currency)).toFixed(minorDigits(currency));
}

function readTime(text: string, timeZone: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) return text;
  const time = DateTime.fromISO(text, { zone: timeZone });
  return time.isValid ? (time.toUTC().toISO() ?? text) : text;
}

/** A moment as `<input type="datetime-local">` shows it in a zone. */
export function writeTime(time: string, timeZone: string): string {
  return DateTime.fromISO(time, { zone: timeZone }).toFormat("yyyy-MM-dd'T'HH:mm");
}
