import { z } from 'zod';
import { parseStartTime } from '../wib-time.ts';

/** The body of Snap's create call and its rules. Unknown fields are ignored, as Midtrans does. */

const knownPayments = [
  'credit_card',
  'echannel',
  'permata_va',
  'bca_va',
  'bni_va',
  'bri_va',
  'cimb_va',
  'danamon_va',
  'bsi_va',
  'seabank_va',
  'saqu_va',
  'other_va',
  'gopay',
  'shopeepay',
  'ovo',
  'dana',
  'qris',
  'other_qris',
  'alfamart',
  'indomaret',
  'akulaku',
  'kredivo',
  'bank_transfer',
  'cstore',
];

const text = (max: number) => z.string().max(max, `is too long (maximum is ${max} characters)`);
const rupiah = z.int('must be an integer');
const duration = z.int('must be an integer').min(1, 'must be at least 1');
const unit = z.enum(['minute', 'minutes', 'hour', 'hours', 'day', 'days'], 'must be minute, hour or day');

const item = z.looseObject({
  id: text(50).optional(),
  price: rupiah,
  quantity: z.int('must be an integer').min(1, 'must be at least 1'),
  name: text(50).min(1, 'is required'),
});

const snapRequestSchema = z.looseObject({
  transaction_details: z.looseObject({
    order_id: text(50)
      .min(1, 'is required')
      .regex(/^[A-Za-z0-9\-_~.]*$/, 'may contain only letters, digits, dash, underscore, tilde and dot'),
    gross_amount: rupiah.min(1, 'must be greater than 0'),
  }),
  item_details: z.array(item).optional(),
  customer_details: z
    .looseObject({
      first_name: text(255).optional(),
      last_name: text(255).optional(),
      email: text(255)
        .regex(/^[^@\s]+@[^@\s]+$/, 'format is invalid')
        .optional(),
      phone: text(255).optional(),
    })
    .optional(),
  enabled_payments: z.array(z.enum(knownPayments, 'is not a known payment method')).optional(),
  expiry: z
    .looseObject({
      start_time: z
        .string()
        .refine((value) => parseStartTime(value) !== undefined, 'must be of the form yyyy-MM-dd hh:mm:ss Z')
        .optional(),
      unit,
      duration,
    })
    .optional(),
  page_expiry: z.looseObject({ unit, duration }).optional(),
  credit_card: z.looseObject({ secure: z.boolean('must be a boolean').optional() }).optional(),
  callbacks: z.looseObject({ finish: z.url('must be a URL').optional() }).optional(),
  custom_field1: text(255).optional(),
  custom_field2: text(255).optional(),
  custom_field3: text(255).optional(),
});

export type SnapRequest = z.output<typeof snapRequestSchema>;

const unitMinutes: Record<string, number> = { minute: 1, hour: 60, day: 1440 };
const expiryMinutesDefault = 1440;
const expiryMinutesMax = 7 * 1440;

/** The checked request with its end (epoch milliseconds), or all faults in Midtrans' form. */
export function parseSnapRequest(
  body: unknown,
  rules: Readonly<{ now: number; expiryMinimumMinutes: number }>,
): Readonly<{ request: SnapRequest; expiresAt: number }> | Readonly<{ errors: readonly string[] }> {
  const parsed = snapRequestSchema.safeParse(body);
  if (!parsed.success) return { errors: parsed.error.issues.map(sentence) };
  const request = parsed.data;
  const errors: string[] = [];
  const { gross_amount } = request.transaction_details;
  if (request.item_details !== undefined) {
    const sum = request.item_details.reduce((total, { price, quantity }) => total + price * quantity, 0);
    if (sum !== gross_amount) errors.push('transaction_details.gross_amount is not equal to the sum of item_details');
  }
  const minutes = expiryMinutes(request);
  if (minutes < rules.expiryMinimumMinutes)
    errors.push(`expiry.duration must be at least ${rules.expiryMinimumMinutes} minutes`);
  if (minutes > expiryMinutesMax) errors.push('expiry.duration must be at most 7 days');
  const start = request.expiry?.start_time === undefined ? rules.now : parseStartTime(request.expiry.start_time);
  const expiresAt = (start ?? rules.now) + minutes * 60_000;
  if (expiresAt <= rules.now) errors.push('expiry has already passed');
  return errors.length > 0 ? { errors } : { request, expiresAt };
}

function expiryMinutes({ expiry, page_expiry }: SnapRequest): number {
  const chosen = expiry ?? page_expiry;
  if (chosen === undefined) return expiryMinutesDefault;
  return chosen.duration * (unitMinutes[chosen.unit.replace(/s$/, '')] ?? 1);
}

function sentence(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${path === '' ? 'body' : path} ${missing ? 'is required' : issue.message}`;
}
