import { gatewayFeesOf } from './ledger-queries.ts';
import { paymentOf } from './payment-of.ts';
import { requestFullRefund } from './request-full-refund.ts';
import { unpayableSale } from './unpayable-sale.ts';

/** What the rooms below need of this one, handed to them where the service is composed: orders and catalog. */
export const paymentPorts = { gatewayFeesOf, paymentOf, requestFullRefund, unpayableSale };
