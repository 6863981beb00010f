import type { JournalRecord } from './journal.ts';
import type { World } from './world.ts';

/**
 * Takes one line of the journal log back in after a restart. Transactions, callbacks still owed, scenarios and parties
 * return; mails, messages and webhooks do not, only their journal lines.
 */
export function replay(world: World, record: JournalRecord): void {
  const { midtrans, graph } = world;
  if (record.scenario !== undefined) midtrans.scenarios.add(record.scenario);
  if (record.account !== undefined) midtrans.accounts.set(record.account);
  if (record.sender !== undefined) graph.senders.set(record.sender.phoneNumberId, record.sender);
  if (record.kind === 'control.scenarios_cleared' || record.what?.includes('scenarios') === true)
    midtrans.scenarios.clear();
  if (record.what?.includes('transactions') === true) midtrans.transactions.clear();
  midtrans.transactions.replay(record);
  midtrans.notifier.replay(record);
}
