import { createHash } from 'node:crypto';

/** `signature_key`: lower-case hex SHA-512 of the four strings joined without separators. */
export function midtransSignature(
  signed: Readonly<{ orderId: string; statusCode: string; grossAmount: string; serverKey: string }>,
): string {
  const { orderId, statusCode, grossAmount, serverKey } = signed;
  return createHash('sha512').update(`${orderId}${statusCode}${grossAmount}${serverKey}`, 'utf8').digest('hex');
}
