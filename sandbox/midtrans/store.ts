import type { Journal, JournalEntry, JournalRecord } from '../journal.ts';
import type { Transaction } from './state.ts';

/** All transactions. Each change is a line of the journal before it is visible. */
export type TransactionStore = Readonly<{
  add: (transaction: Transaction) => void;
  /** Applies the patch and records both in one line: `transaction.changed`, or the given entry when money moves. */
  change: (transaction: Transaction, patch: Partial<Transaction>, entry?: JournalEntry) => void;
  /** The newest transaction of this merchant's order_id. */
  ofOrder: (merchantId: string, orderId: string) => Transaction | undefined;
  /** By order_id or transaction_id, as the Core API takes both. */
  find: (merchantId: string, id: string) => Transaction | undefined;
  /** By order_id over all merchants, for scripts and people. */
  findAnywhere: (orderId: string) => Transaction | undefined;
  byToken: (token: string) => Transaction | undefined;
  /** Newest first. */
  newest: () => Iterable<Transaction>;
  open: () => Iterable<Transaction>;
  size: () => number;
  clear: () => void;
  /** Replays one line of the log after a restart. */
  replay: (record: JournalRecord) => void;
}>;

/** Beyond this number the oldest transactions are dropped. The log still has them. */
const transactionsMax = 400_000;

export function createTransactionStore(journal: Journal): TransactionStore {
  const byId = new Map<string, Transaction>();
  const byOrder = new Map<string, Transaction>();
  const byToken = new Map<string, Transaction>();
  const merchants = new Set<string>();
  const open = new Set<Transaction>();

  const insert = (transaction: Transaction): void => {
    const replaced = byOrder.get(orderKey(transaction));
    if (replaced !== undefined) forgetToken(replaced);
    if (replaced?.status === 'not_started') remove(replaced);
    byId.set(transaction.transactionId, transaction);
    byOrder.set(orderKey(transaction), transaction);
    byToken.set(transaction.token, transaction);
    merchants.add(transaction.merchantId);
    note(transaction);
    const oldest = byId.values().next();
    if (byId.size > transactionsMax && oldest.done !== true) remove(oldest.value);
  };

  const forgetToken = (transaction: Transaction): void => {
    byToken.delete(transaction.token);
  };

  const remove = (transaction: Transaction): void => {
    byId.delete(transaction.transactionId);
    forgetToken(transaction);
    open.delete(transaction);
    if (byOrder.get(orderKey(transaction)) === transaction) byOrder.delete(orderKey(transaction));
  };

  const note = (transaction: Transaction): void => {
    if (transaction.status === 'not_started' || transaction.status === 'pending') open.add(transaction);
    else open.delete(transaction);
  };

  const clear = (): void => {
    for (const index of [byId, byOrder, byToken, merchants, open]) index.clear();
  };

  return {
    add: (transaction) => {
      journal.append({ kind: 'transaction.created', orderId: transaction.orderId, transaction: { ...transaction } });
      insert(transaction);
    },
    change: (transaction, patch, entry = { kind: 'transaction.changed' }) => {
      journal.append({
        ...entry,
        orderId: transaction.orderId,
        transactionId: transaction.transactionId,
        patch,
      });
      Object.assign(transaction, patch);
      note(transaction);
    },
    ofOrder: (merchantId, orderId) => byOrder.get(orderKey({ merchantId, orderId })),
    find: (merchantId, id) => {
      const found = byOrder.get(orderKey({ merchantId, orderId: id })) ?? byId.get(id);
      return found?.merchantId === merchantId ? found : undefined;
    },
    findAnywhere: (orderId) => {
      for (const merchantId of merchants) {
        const found = byOrder.get(orderKey({ merchantId, orderId }));
        if (found !== undefined) return found;
      }
      return byId.get(orderId);
    },
    byToken: (token) => byToken.get(token),
    newest: () => [...byId.values()].reverse(),
    open: () => open,
    size: () => byId.size,
    clear,
    replay: (record) => {
      if (record.transaction !== undefined) insert({ ...record.transaction });
      if (record.patch !== undefined) {
        const transaction = byId.get(String(record['transactionId']));
        if (transaction === undefined) return;
        Object.assign(transaction, record.patch);
        note(transaction);
      }
    },
  };
}

function orderKey(of: Readonly<{ merchantId: string; orderId: string }>): string {
  return `${of.merchantId} ${of.orderId}`;
}
