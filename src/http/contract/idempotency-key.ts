import { z } from '@hono/zod-openapi';
import { DomainError, requestInvalid } from '../../platform/errors.ts';
import type { HotRequest } from '../hot-path/hot-request.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { patternFault } from './schemas.ts';

export const idempotencyKeySchema = z
  .string()
  .min(16)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, patternFault('text.not_visible_ascii'));

/** The header of an operation that looks at it with `readIdempotencyKey`, because a missing key has a code of its own. */
export const idempotencyKeyHeaders = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({ minLength: 16, maxLength: 255, param: { required: true } }),
});

/**
 * The key as sent, without the quotes of its structured-field form.
 * @throws DomainError idempotency.key_required, request.invalid
 */
export function readIdempotencyKey(request: Pick<HotRequest, 'header'>): string {
  const header = request.header('idempotency-key')?.trim();
  if (header === undefined || header === '') {
    throw new DomainError(
      'idempotency.key_required',
      'Send an Idempotency-Key header of 16 to 255 characters, new for each thing that is asked for.',
    );
  }
  const key = header.length > 2 && header.startsWith('"') && header.endsWith('"') ? header.slice(1, -1) : header;
  const parsed = idempotencyKeySchema.safeParse(key);
  if (!parsed.success) {
    throw requestInvalid([inputFault('Idempotency-Key', 'key.invalid')]);
  }
  return parsed.data;
}
