import { createHash } from 'node:crypto';
import { idPatterns } from '../../../platform/ids.ts';
import type { GatewayFact } from '../gateway.ts';
import type { CallbackReading } from '../gateway-plugin.ts';
import { type MidtransBody, hasSignedShape, readFact } from './read-fact.ts';
import { isMidtransSignature } from './signature.ts';
import { parseJson } from '../../../platform/text/parse-json.ts';

/** The prefix, before the account and a number, of test notifications from the gateway's dashboard. */
const testPrefix = 'payment_notif_test_';

/**
 * Reads the raw bytes of a callback: verifies the signature and returns its claim. Only `order_id`, `status_code` and
 * `gross_amount` are signed, so the rest of the fact is a claim. Pure: no network, no clock.
 */
export function readCallback(rawBody: Uint8Array, keys: readonly string[]): CallbackReading {
  const body = parse(rawBody);
  if (body === undefined) return { kind: 'refused', reason: 'malformed' };
  const { order_id: orderId, status_code: statusCode, gross_amount: grossAmount, signature_key: signature } = body;
  if (
    typeof orderId !== 'string' ||
    typeof statusCode !== 'string' ||
    typeof grossAmount !== 'string' ||
    typeof signature !== 'string'
  ) {
    return { kind: 'refused', reason: 'malformed' };
  }
  if (!hasSignedShape(orderId, statusCode, grossAmount)) return { kind: 'refused', reason: 'malformed' };
  if (!isMidtransSignature({ orderId, statusCode, grossAmount }, signature, keys)) {
    return { kind: 'refused', reason: 'signature' };
  }
  if (!idPatterns.attempt.test(orderId)) return { kind: 'not_ours', isTest: orderId.startsWith(testPrefix) };
  const fact = readFact(body);
  if (fact === undefined) {
    return { kind: 'unread', attemptId: orderId, dedupKey: createHash('sha256').update(rawBody).digest() };
  }
  return { kind: 'fact', fact, dedupKey: dedupKeyOf(fact, statusCode, body) };
}

/**
 * Equal for two deliveries of one event, and different for two events. It covers everything that was read from the
 * body, so that a forged body with one changed field cannot stand in the way of the true one.
 */
function dedupKeyOf(fact: GatewayFact, statusCode: string, body: MidtransBody): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([fact, statusCode, body['fraud_status'] ?? '']))
    .digest();
}

function parse(rawBody: Uint8Array): MidtransBody | undefined {
  const value = parseJson(Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).toString());
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as MidtransBody) : undefined;
}
