import { hash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { DateTime } from 'luxon';
import type { FieldFault } from '../../../client/problem.ts';
import { requestInvalid } from '../../../platform/errors.ts';
import { inputFault } from '../../../platform/field-faults.ts';
import { hotRequestOfContext } from '../../../http/hot-path/hot-request.ts';
import { minorDigits } from '../../../platform/text/format-money.ts';

/** Enough for the longest form: an event with descriptions in two languages. */
export const formBytesMax = 256 * 1024;
/** More than the longest form has. To read the 260,000 empty fields that half a megabyte holds would take a second. */
const fieldsMax = 2000;

/** What a member typed into a form. A missing field reads as an empty one. */
export type FormValues = {
  /** Trimmed. */
  text(name: string): string;
  /** Trimmed; undefined if empty. */
  optional(name: string): string | undefined;
  /** Untrimmed, for passwords. */
  raw(name: string): string;
  /** The content of a file; empty if none was chosen. */
  file(name: string): Uint8Array;
  /** Whether the checkbox was ticked. */
  has(name: string): boolean;
  all(name: string): readonly string[];
  /** NaN for text that is not a number. JSON turns NaN into null, which the API refuses with a fault of this field. */
  number(name: string): number;
  /** Null if empty. */
  numberOrNull(name: string): number | null;
  /** The amount in minor units; NaN for text that is not an amount. */
  money<Currency extends string>(name: string, currency: Currency): { amount: number; currency: Currency };
  /** A local time in a zone as RFC 3339. Text that is not a time is returned unchanged, so that the API refuses it. */
  time(name: string, timeZone: string): string;
  /** All fields as a form sends them, without its files, its token, and its fields of passwords and keys. */
  withoutSecrets(): string;
  /**
   * Whether the field, or the checkbox of a group (`checkboxOf`), differs from what the page showed; for a form that does
   * not know that, whether it was sent.
   */
  isChanged(name: string): boolean;
};

/** Names the fields of a form that hold a password or a key. */
export const secretsField = 'secrets';

/** The state of one form: empty at first, and with the submitted values after a refusal. */
export type Form = {
  readonly act: string;
  readonly values: FormValues | undefined;
  readonly faults: readonly FieldFault[];
  /** Why the whole form was refused, in the member's language. */
  readonly refusal: string | undefined;
  /** The idempotency key of this form, so that a double submit acts once. */
  readonly key: string;
  /** Field labels by name, registered as fields are rendered. The summary of faults uses them. */
  readonly labels: Map<string, string>;
  /** The names of the fields for passwords and keys, recorded in the same way. */
  readonly secrets: Set<string>;
  /** What the fields show at first, by name. A form that changes something carries it along (`shownOf`). */
  readonly shown: Map<string, string>;
};

export const emptyForm = (act: string): Form => ({
  act,
  values: undefined,
  faults: [],
  refusal: undefined,
  key: randomUUID(),
  labels: new Map(),
  secrets: new Set(),
  shown: new Map(),
});

/**
 * @param bytesMax limit for the whole form, files included
 * @throws DomainError request.too_large, request.invalid
 */
export async function readForm(c: Context, bytesMax: number = formBytesMax): Promise<FormValues> {
  const bytes = await hotRequestOfContext(c).bytes(bytesMax);
  const type = c.req.header('content-type') ?? '';
  const isMultipart = type.startsWith('multipart/form-data');
  // Each part of a multipart form has an empty line after its header.
  refuseManyFields(bytes, isMultipart ? '\r\n\r\n' : '&');
  if (!isMultipart) return formValues(new URLSearchParams(bytes.toString('utf8')));
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

/** Anybody may send a form: only its content says who opened it. @throws DomainError request.invalid */
function refuseManyFields(bytes: Buffer, separator: string): void {
  let fields = 1;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + separator.length)) {
    fields += 1;
    if (fields > fieldsMax) throw requestInvalid([inputFault('', 'list.too_long', { limit: fieldsMax })]);
  }
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
    withoutSecrets: () => {
      const secrets = new Set([...fields.getAll(secretsField), secretsField, 'formToken']);
      return new URLSearchParams([...fields].filter(([name]) => !secrets.has(name))).toString();
    },
    isChanged: (name) => {
      const shown = raw(shownField)
        .split(' ')
        .find((entry) => entry.startsWith(`${name}:`));
      const [field = name, option] = name.split('=');
      if (shown === undefined) return fields.has(field);
      return shown !== entryOf(name, option === undefined ? raw(name) : tick(fields.getAll(field).includes(option)));
    },
  };
}

/** The field in which a form carries what its other fields showed. */
export const shownField = 'shown';

/** What the fields of a form show, short enough to travel with it. Browsers send line breaks as CRLF. */
export function shownOf({ shown }: Form): string {
  return [...shown].map(([name, value]) => entryOf(name, value)).join(' ');
}

/** The name under which a form knows what one checkbox of a group showed. */
const checkboxOf = (name: string, option: string): string => `${name}=${option}`;
const tick = (isTicked: boolean): string => (isTicked ? 'yes' : '');

/** Registers what a group of checkboxes shows at first. */
export function showChoice(
  { shown }: Form,
  name: string,
  { options, chosen }: { readonly options: readonly string[]; readonly chosen: readonly string[] },
): void {
  for (const option of options) shown.set(checkboxOf(name, option), tick(chosen.includes(option)));
}

/** The choice in a group of checkboxes: those that the member has changed, and the others as they are now. */
export function changedChoice<Option extends string>(
  values: FormValues,
  name: string,
  { options, now }: { readonly options: readonly Option[]; readonly now: readonly string[] },
): Option[] {
  const ticked = values.all(name);
  return options.filter((option) => (values.isChanged(checkboxOf(name, option)) ? ticked : now).includes(option));
}

function entryOf(name: string, value: string): string {
  return `${name}:${hash('sha256', value.replaceAll('\r\n', '\n'), 'base64url').slice(0, 10)}`;
}

/**
 * The parts of a change that the member has changed. The others are left as they are now: somebody else may have changed
 * them since the page was opened.
 * @param fieldOf the field of a part, where it has another name
 */
export function changedOnly<Change extends object>(
  values: FormValues,
  change: Change,
  fieldOf: { readonly [Name in keyof Change]?: string } = {},
): Partial<Change> {
  const names = new Map(Object.entries<string | undefined>(fieldOf));
  return Object.fromEntries(
    Object.entries(change).filter(([name]) => values.isChanged(names.get(name) ?? name)),
  ) as Partial<Change>;
}

/** Parses `150.000`, `150,000`, `Rp 150000`, and for currencies with cents also `12.50` and `12,50`. */
function readAmount(text: string, currency: string): number {
  const digits = minorDigits(currency);
  const plain = text.replaceAll(/[\s\u00A0]|^(?:Rp|RM|S\$|US\$|\$)/gi, '');
  const [, whole = '', part = ''] =
    digits === 0 ? [plain, plain] : (new RegExp(`^(.*?)(?:[.,](\\d{1,${digits}}))?$`).exec(plain) ?? []);
  const units = whole.replaceAll(/[.,](?=\d{3}(?:\D|$))/g, '');
  if (!/^\d{1,15}$/.test(units)) return Number.NaN;
  return Number(units) * 10 ** digits + Number(part.padEnd(digits, '0') || 0);
}

/** An amount for an input field, without its currency. */
export function writeAmount(amount: number, currency: string): string {
  return (amount / 10 ** minorDigits(currency)).toFixed(minorDigits(currency));
}

function readTime(text: string, timeZone: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(text)) return text;
  const time = DateTime.fromISO(text, { zone: timeZone });
  return time.isValid ? (time.toUTC().toISO() ?? text) : text;
}

/** A time in a zone, in the format of `<input type="datetime-local">`. */
export function writeTime(time: string, timeZone: string): string {
  return DateTime.fromISO(time, { zone: timeZone }).toFormat("yyyy-MM-dd'T'HH:mm");
}
