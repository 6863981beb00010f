import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Settings } from '../settings.ts';
import type { Journal } from '../journal.ts';
import type { MidtransAccounts } from './accounts.ts';
import type { Notifier } from './notifications/notify.ts';
import type { Scenarios } from './scenarios.ts';
import type { TransactionStore } from './store.ts';

/** What every act of the Midtrans part works with. */
export type Midtrans = Readonly<{
  now: () => number;
  random: Random;
  scheduler: Scheduler;
  settings: Settings;
  journal: Journal;
  accounts: MidtransAccounts;
  scenarios: Scenarios;
  transactions: TransactionStore;
  notifier: Notifier;
}>;
