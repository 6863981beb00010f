import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import type { Log } from '../platform/log.ts';
import type { GuardedGateway } from './gateways/gateway.ts';
import type { PaymentAccounts } from './accounts/payment-accounts.ts';

/** The dependencies of acts that call a gateway. */
export type GatewayDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: PaymentAccounts;
  readonly gateway: GuardedGateway;
  /** Where buyers reach the pages. After paying, the gateway's page leads to the order's page there. */
  readonly publicUrl: string;
};
