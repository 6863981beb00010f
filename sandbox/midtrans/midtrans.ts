import type { Tools } from '../tools.ts';
import type { MidtransAccounts } from './accounts.ts';
import type { Notifier } from './notifications/notify.ts';
import type { Scenarios } from './scenarios.ts';
import type { TransactionStore } from './store.ts';

/** The dependencies of every act of the Midtrans part. */
export type Midtrans = Tools &
  Readonly<{
    accounts: MidtransAccounts;
    scenarios: Scenarios;
    transactions: TransactionStore;
    notifier: Notifier;
  }>;
