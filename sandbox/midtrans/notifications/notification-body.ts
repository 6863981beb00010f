import type { MidtransAccount } from '../../demo-accounts.ts';
import { paymentFacts } from '../snap/payment-types.ts';
import { midtransSignature } from './signature.ts';
import { paidAmount, refundedAmount, type Transaction } from '../state.ts';
import { wibTime } from '../wib-time.ts';

/** The body of a callback or status answer for the transaction as it is now, signed with the account's server key. */
export function notificationBody(
  transaction: Transaction,
  account: MidtransAccount,
  statusCode: string,
): Record<string, unknown> {
  const { stated = {} } = transaction;
  const grossAmount = stated.grossAmount ?? decimal(paidAmount(transaction));
  return {
    transaction_time: wibTime(transaction.transactionTime ?? transaction.createdAt),
    transaction_status: transaction.status,
    transaction_id: transaction.transactionId,
    status_message: 'midtrans payment notification',
    status_code: statusCode,
    signature_key: midtransSignature({
      orderId: transaction.orderId,
      statusCode,
      grossAmount,
      serverKey: account.serverKey,
    }),
    payment_type: transaction.paymentType === undefined ? undefined : paymentFacts[transaction.paymentType].wire,
    order_id: transaction.orderId,
    merchant_id: stated.merchantId ?? transaction.merchantId,
    gross_amount: grossAmount,
    currency: stated.currency ?? transaction.currency,
    fraud_status: transaction.paymentType === 'indomaret' ? undefined : (transaction.fraudStatus ?? 'accept'),
    expiry_time: wibTime(transaction.expiresAt),
    settlement_time: transaction.settlementTime === undefined ? undefined : wibTime(transaction.settlementTime),
    ...methodFields(transaction),
    ...feeFields(transaction, account),
    ...refundFields(transaction),
    ...transaction.customFields,
  };
}

/** If the account is set so, the gateway states the amount that it has added. */
function feeFields(transaction: Transaction, { statesBuyerFee }: MidtransAccount): Record<string, unknown> {
  const { grossAmount, buyerFee } = transaction;
  if (buyerFee === undefined || statesBuyerFee === undefined || statesBuyerFee === 'nowhere') return {};
  const gross_amount_info = {
    original_amount: decimal(grossAmount),
    gross_amount: decimal(paidAmount(transaction)),
    customer_imposed_payment_fee: buyerFee,
  };
  const extra_info = { gross_amount_info };
  return statesBuyerFee === 'metadata' ? { metadata: { extra_info } } : { extra_info };
}

/** Whole rupiah as Midtrans writes them: `275000.00`. */
export function decimal(amount: number): string {
  return `${amount}.00`;
}

function methodFields(transaction: Transaction): Record<string, unknown> {
  const number = stableDigits(transaction.transactionId);
  switch (transaction.paymentType) {
    case 'qris':
      return {
        acquirer: 'gopay',
        issuer: 'gopay',
        transaction_type: 'on-us',
        merchant_cross_reference_id: `${number}0001`,
        reference_id: `QRIS${number}`,
      };
    case 'gopay':
      return { payment_option_type: 'GOPAY_WALLET' };
    case 'shopeepay':
      return { shopeepay_reference_number: `SP${number}` };
    case 'bca_va':
    case 'bni_va':
    case 'bri_va':
      return {
        va_numbers: [{ bank: transaction.paymentType.slice(0, 3), va_number: `12345${number}` }],
        payment_amounts: [],
      };
    case 'permata_va':
      return { permata_va_number: `8545${number}` };
    case 'echannel':
      return { biller_code: '70012', bill_key: number };
    case 'credit_card':
      return {
        masked_card: '48111111-1114',
        bank: 'bni',
        card_type: 'credit',
        approval_code: number.slice(0, 6),
        eci: '05',
        channel_response_code: '00',
        channel_response_message: 'Approved',
        three_ds_version: '2',
      };
    case 'indomaret':
      return { store: 'indomaret', payment_code: number };
    default:
      return {};
  }
}

function refundFields(transaction: Transaction): Record<string, unknown> {
  if (transaction.refunds.length === 0) return {};
  return {
    refund_amount: decimal(refundedAmount(transaction)),
    refunds: transaction.refunds.map((refund) => ({
      refund_chargeback_id: refund.id,
      refund_amount: decimal(refund.amount),
      created_at: wibTime(refund.createdAt),
      reason: refund.reason,
      refund_key: refund.key,
      refund_method: 'bank_transfer',
      bank_confirmed_at: refund.bankConfirmedAt === undefined ? undefined : wibTime(refund.bankConfirmedAt),
    })),
  };
}

/** Twelve digits that are always the same for this transaction. */
function stableDigits(transactionId: string): string {
  return BigInt(`0x${transactionId.replaceAll('-', '').slice(0, 12)}`)
    .toString()
    .padStart(12, '0')
    .slice(-12);
}

/** What a buyer reads on the payment page: the number to pay to, or the QR payload. */
export function payTo({ transactionId, paymentType, grossAmount }: Transaction): string {
  const number = stableDigits(transactionId);
  if (paymentType === 'qris' || paymentType === 'gopay') {
    return `00020101021226620014COM.GO-JEK.WWW${number}5303360540${grossAmount}5802ID`;
  }
  if (paymentType === 'permata_va') return `8545${number}`;
  return paymentType?.endsWith('_va') === true ? `12345${number}` : number;
}
