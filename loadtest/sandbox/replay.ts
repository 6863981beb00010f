import type { MidtransAccount, WhatsappSender } from './demo-accounts.ts';
import type { Scenario } from './midtrans/scenarios.ts';
import type { WitnessRecord } from './witness.ts';
import type { World } from './world.ts';

/**
 * Takes one line of the witness log back in after a restart. Transactions, callbacks still owed, scenarios and parties
 * return; mails, messages and webhooks do not, only their witness lines.
 */
export function replay(world: World, record: WitnessRecord): void {
  const { midtrans, graph } = world;
  switch (record.kind) {
    case 'control.scenario':
      return midtrans.scenarios.add(written<Scenario>(record['scenario']));
    case 'control.scenarios_cleared':
      return midtrans.scenarios.clear();
    case 'control.account':
      return midtrans.accounts.set(written<MidtransAccount>(record['account']));
    case 'control.sender': {
      const sender = written<WhatsappSender>(record['sender']);
      graph.senders.set(sender.phoneNumberId, sender);
      return undefined;
    }
    case 'control.reset': {
      const what = written<readonly string[]>(record['what']);
      if (what.includes('scenarios')) midtrans.scenarios.clear();
      if (what.includes('transactions')) midtrans.transactions.clear();
      return undefined;
    }
    default:
      midtrans.transactions.replay(record);
      midtrans.notifier.replay(record);
      return undefined;
  }
}

/** The log holds what this program wrote, in the shape it was written. */
function written<Value>(value: unknown): Value {
  return value as Value;
}
