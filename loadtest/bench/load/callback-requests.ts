import type { MidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { midtransSignature } from '../../../sandbox/midtrans/notifications/signature.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { bulkOrderId } from '../fill/bulk-orders.ts';

/** Midtrans' callback for a settled QRIS payment, signed with the account's key, for the attempt of this order. */
export function callbackRequest(event: TestEvent, account: MidtransAccount, number: number): string {
  const attemptId = `pay_${bulkOrderId(event, number).slice(4)}01`;
  const amount = `${event.categories[0]?.price ?? 0}.00`;
  const { serverKey } = account;
  const signature = midtransSignature({ orderId: attemptId, statusCode: '200', grossAmount: amount, serverKey });
  const digits = String(number).padStart(12, '0');
  const body = `{"transaction_time":"2026-01-05 10:00:00","transaction_status":"settlement","transaction_id":"00000000-0000-4000-8000-${digits}","status_message":"midtrans payment notification","status_code":"200","signature_key":"${signature}","payment_type":"qris","order_id":"${attemptId}","merchant_id":"${account.merchantId}","gross_amount":"${amount}","currency":"IDR","fraud_status":"accept","expiry_time":"2026-01-05 10:15:00","settlement_time":"2026-01-05 10:01:00","acquirer":"gopay","issuer":"gopay","transaction_type":"on-us","merchant_cross_reference_id":"${digits}0001","reference_id":"QRIS${digits}"}`;
  return `POST /v1/callbacks/midtrans/${event.organizer.slug} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 10.0.0.7\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
