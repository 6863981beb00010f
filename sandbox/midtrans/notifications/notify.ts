import { randomUUID } from 'node:crypto';
import type { Random } from '../../random.ts';
import type { JournalRecord } from '../../journal.ts';
import type { Tools } from '../../tools.ts';
import type { MidtransAccounts } from '../accounts.ts';
import type { Callback } from './callback.ts';
import type { DeliverCallback } from './deliver-callback.ts';
import { notificationBody } from './notification-body.ts';
import type { CallbackScript, Scenarios } from '../scenarios.ts';
import { callbackStatusCode, type Transaction, type TransactionStatus } from '../state.ts';

type Forgery = 'bad_signature' | 'changed_status';

/** Reports a transaction's changes to the merchant, as its scenario says. */
export type Notifier = Readonly<{
  /** Sends the callback for the state the transaction is in now. */
  notify: (transaction: Transaction) => void;
  /** Sends the newest true callback of the transaction once more, `count` times at once. */
  repeat: (transaction: Transaction, count: number) => void;
  /** Sends a body without a real event. */
  forge: (transaction: Transaction, kind: Forgery, transactionStatus?: TransactionStatus) => void;
  /** Reads a line of the log. `resume` then sends what is still outstanding. */
  replay: (record: JournalRecord) => void;
  resume: () => void;
}>;

type NotifierTools = Tools & Readonly<{ accounts: MidtransAccounts; scenarios: Scenarios; deliver: DeliverCallback }>;

export function createNotifier(tools: NotifierTools): Notifier {
  /** The end of the first attempt of each transaction's latest callback. The next one waits for it. */
  const tails = new Map<string, Promise<void>>();
  const held = new Map<string, readonly Callback[]>();
  const unfinished = new Map<string, Callback>();

  const compose = (transaction: Transaction, change: (body: Record<string, unknown>) => void, forged?: string) => {
    const account = tools.accounts.get(transaction.merchantId);
    if (account === undefined) return [];
    const body = notificationBody(
      transaction,
      account,
      callbackStatusCode(transaction.status, transaction.fraudStatus),
    );
    change(body);
    const text = JSON.stringify(body);
    return urlsFor(transaction, tools).map((url): Callback => {
      const callback: Callback = {
        callbackId: randomUUID(),
        orderId: transaction.orderId,
        transactionId: transaction.transactionId,
        transactionStatus: String(body['transaction_status']),
        url,
        body: text,
        ...(forged === undefined ? {} : { forged }),
      };
      tools.journal.append({ kind: 'callback.queued', callback });
      return callback;
    });
  };

  const send = (callbacks: readonly Callback[]): Promise<unknown> =>
    Promise.all(callbacks.map((callback) => tools.deliver(callback)));

  const forge: Notifier['forge'] = (transaction, kind, transactionStatus) => {
    void send(compose(transaction, (body) => falsify(body, kind, transactionStatus), kind));
  };

  const chain = (transaction: Transaction, act: () => Promise<unknown>): void => {
    const before = tails.get(transaction.transactionId) ?? Promise.resolve();
    const tail: Promise<void> = before.then(act).then(() => {
      if (tails.get(transaction.transactionId) === tail) tails.delete(transaction.transactionId);
    });
    tails.set(transaction.transactionId, tail);
  };

  return {
    forge,
    notify: (transaction) => {
      const script = tools.scenarios.sectionFor('callback', transaction) ?? {};
      if (transaction.status === 'pending' && script.pending === false) return;
      const callbacks = compose(transaction, () => {});
      if (isDropped(script, tools.random)) {
        for (const { callbackId } of callbacks)
          tools.journal.append({ kind: 'callback.dropped', orderId: transaction.orderId, callbackId });
        return;
      }
      if (transaction.status === 'pending' && script.reorder === true) {
        held.set(transaction.transactionId, callbacks);
        return;
      }
      const late = held.get(transaction.transactionId) ?? [];
      held.delete(transaction.transactionId);
      chain(transaction, async () => {
        await wait(script, tools);
        const copies = Array.from({ length: script.duplicates ?? 0 }, () => send(callbacks));
        await Promise.all([send(callbacks), ...copies]);
        await send(late);
      });
      if (script.forge !== undefined) forge(transaction, script.forge);
    },
    repeat: (transaction, count) => {
      const callbacks = compose(transaction, () => {});
      for (let copy = 0; copy < count; copy += 1) void send(callbacks);
    },
    replay: (record) => {
      const { callback } = record;
      if (callback !== undefined && callback.forged === undefined) unfinished.set(callback.callbackId, callback);
      if (record.kind === 'callback.dropped' || (record.kind === 'callback.sent' && record['outcome'] !== 'retry')) {
        unfinished.delete(String(record['callbackId']));
      }
    },
    resume: () => {
      for (const callback of unfinished.values()) void tools.deliver(callback);
      unfinished.clear();
    },
  };
}

function urlsFor(transaction: Transaction, tools: NotifierTools): readonly string[] {
  if (transaction.notificationUrls.length > 0) return transaction.notificationUrls;
  const url = tools.accounts.get(transaction.merchantId)?.notificationUrl ?? tools.settings.notificationUrl;
  return url === undefined ? [] : [url];
}

function isDropped({ drop }: CallbackScript, random: Random): boolean {
  return drop === true || (typeof drop === 'number' && random() < drop);
}

async function wait({ delayMs = 0, jitterMs = 0 }: CallbackScript, tools: Tools): Promise<void> {
  const total = delayMs + jitterMs * (jitterMs > 0 ? tools.random() : 0);
  if (total > 0) await tools.scheduler.wait(total);
}

/** A wrong signature, or a valid one with another state: Midtrans signs neither the state nor the refunds. */
function falsify(body: Record<string, unknown>, kind: Forgery, transactionStatus: TransactionStatus | undefined): void {
  if (kind === 'bad_signature') {
    body['signature_key'] = String(body['signature_key']).replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    if (transactionStatus !== undefined) body['transaction_status'] = transactionStatus;
    return;
  }
  body['transaction_status'] = transactionStatus ?? (body['status_code'] === '200' ? 'refund' : 'settlement');
}
