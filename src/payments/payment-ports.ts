import { gatewayFeesOf } from './ledger/queries.ts';
import { paymentOf } from './attempts/payment-of.ts';
import { requestFullRefund } from './refunds/request-full-refund.ts';
import { unpayableSale } from './accounts/unpayable-sale.ts';

/** What the rooms below need of this one, handed to them where the service is composed: orders and catalog. */
export const paymentPorts = { gatewayFeesOf, paymentOf, requestFullRefund, unpayableSale };
