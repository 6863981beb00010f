import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import type { Log } from '../platform/log.ts';
import type { GuardedGateway } from './gateways/gateway.ts';
import type { PaymentAccounts } from './accounts/payment-accounts.ts';

/** What an act needs that speaks to a gateway. */
export type GatewayDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: PaymentAccounts;
  readonly gateway: GuardedGateway;
  /** Where buyers reach the pages: `callbacks.finish` of a payment is the order's page there. */
  readonly publicUrl: string;
};
