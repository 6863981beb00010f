import { afterCommit, transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { type Applied, type Locked, applyFact, lockAttemptAndOrder, refuse, wrongFact } from './apply-fact.ts';
import { type StoredCallback, endCallback } from './queries.ts';
import { closeAgain } from '../attempts/close-attempt.ts';
import { retrySlower } from '../attempts/note-failed-look.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount, GatewayFact } from '../gateways/gateway.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import { callbacksApplied } from '../metrics.ts';
import { reportUnknownMoney } from './report-unknown-money.ts';
import type { Settlements } from './settlements.ts';

const readBackPauseSeconds = 15;
const readBackPauseMaxSeconds = 900;

/**
 * Applies one stored callback under the locks of its order and attempt. If a callback alone may not decide something,
 * the state is read back from the gateway, outside any transaction, and that answer is applied instead. Safe to repeat,
 * in any order, in parallel.
 * @throws RetryLater if the gateway cannot be asked now
 */
export async function applyCallback(
  deps: GatewayDeps & { readonly settlements: Settlements },
  { callbackId }: { callbackId: string },
): Promise<void> {
  const callback = await deps.settlements.find(Number(callbackId));
  if (callback === undefined || callback.status !== 'received') return;
  const account = await deps.accounts.of(callback);
  if (account === undefined) throw new RetryLater(readBackPauseSeconds, 'the organiser has no payment account now');
  const fact = factOf(callback, account);
  if (fact !== undefined && (await deps.settlements.settle(callback.id, account, fact))) return;
  const applied = fact === undefined ? { kind: 'read_back' as const } : await applyClaim(deps, callback, account, fact);
  if (applied.kind !== 'read_back') return;
  await applyReadBack(deps, callback, account, fact);
}

/** The batched path of a stored callback. False if `applyCallback` must decide; nothing was changed then. */
export async function settleCallback(
  deps: GatewayDeps & { readonly settlements: Settlements },
  { callbackId }: { callbackId: string },
): Promise<boolean> {
  const callback = await deps.settlements.find(Number(callbackId));
  if (callback === undefined || callback.status !== 'received') return true;
  const account = await deps.accounts.of(callback);
  const fact = account && factOf(callback, account);
  return account !== undefined && fact !== undefined && deps.settlements.settle(callback.id, account, fact);
}

/** Read from the raw bytes again. They were verified on arrival, and the key may have changed since. */
function factOf(callback: StoredCallback, account: GatewayAccount): GatewayFact | undefined {
  if (callback.payload === null) return undefined;
  const reading = gatewayOf(callback).readCallback(
    { rawBody: callback.payload, header: () => undefined },
    account.acceptedKeys,
  );
  return reading.kind === 'fact' ? reading.fact : undefined;
}

async function applyClaim(
  deps: GatewayDeps,
  callback: StoredCallback,
  account: GatewayAccount,
  fact: GatewayFact,
): Promise<Applied> {
  return transaction(deps.db, async (tx) => {
    const locked = await lockOwn(tx, callback);
    const applied: Applied =
      locked === undefined ? { kind: 'read_back' } : await applyFact(tx, locked, fact, { trust: 'callback', account });
    if (applied.kind === 'applied' || applied.kind === 'ignored' || applied.kind === 'refused') {
      await end(tx, callback, applied.kind, applied.outcome);
    }
    return applied;
  });
}

async function applyReadBack(
  deps: GatewayDeps,
  callback: StoredCallback,
  account: GatewayAccount,
  claim: GatewayFact | undefined,
): Promise<void> {
  const attemptId = callback.attemptId ?? '';
  await deps.gateway.acquire(account, 'call', 0);
  const known = await deps.gateway.fetch(account, attemptId);
  if (known.kind === 'slow_down') throw retrySlower(known);
  if (known.kind === 'unknown' || known.kind === 'rejected') {
    throw new RetryLater(pauseAfter(deps, callback), 'the gateway does not say what is so');
  }
  if (known.kind === 'not_started') return endUnknown(deps, callback, account, claim);
  const applied = await transaction(deps.db, async (tx) => {
    const locked = await lockOwn(tx, callback);
    const result: Applied =
      locked === undefined
        ? await reportUnknownMoney(tx, account, known.fact)
        : await applyFact(tx, locked, known.fact, {
            trust: 'read_back',
            account,
            proven: claim?.signedClass === 'success',
          });
    const outcome = 'outcome' in result ? result.outcome : result.kind;
    const status = result.kind === 'applied' || result.kind === 'refused' ? result.kind : 'ignored';
    await end(tx, callback, status, `read_back: ${outcome}`);
    return result;
  });
  if (applied?.kind === 'close_again') await closeAgain(deps, account, attemptId);
}

/**
 * The attempt of a callback, if it belongs to the organiser whose key has signed. Anybody can name anybody's attempt.
 */
async function lockOwn(tx: GatewayDeps['db'], callback: StoredCallback): Promise<Locked | undefined> {
  const locked = callback.attemptId === null ? undefined : await lockAttemptAndOrder(tx, callback.attemptId);
  return locked?.attempt.organizerId === callback.organizerId ? locked : undefined;
}

/**
 * A signed callback about a payment that the gateway does not know. Nothing was taken. Impossible facts are reported to
 * a person.
 */
async function endUnknown(
  deps: GatewayDeps,
  callback: StoredCallback,
  account: GatewayAccount,
  claim: GatewayFact | undefined,
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const locked = await lockOwn(tx, callback);
    const wrong = locked && claim && wrongFact(locked.attempt, claim, account);
    if (locked === undefined || claim === undefined || wrong === undefined) {
      return end(tx, callback, 'ignored', 'not_known_at_gateway');
    }
    await refuse(tx, locked.attempt, claim, wrong);
    await end(tx, callback, 'refused', wrong);
  });
}

/** The longer a callback has waited for the gateway's answer, the longer it waits for the next try. */
function pauseAfter({ clock }: GatewayDeps, { receivedAt }: StoredCallback): number {
  const ageSeconds = (clock.now().getTime() - receivedAt.getTime()) / 1000;
  return Math.min(Math.max(ageSeconds / 4, readBackPauseSeconds), readBackPauseMaxSeconds);
}

async function end(
  tx: GatewayDeps['db'],
  callback: StoredCallback,
  status: 'applied' | 'ignored' | 'refused',
  outcome: string,
): Promise<void> {
  if (await endCallback(tx, callback.id, status, outcome))
    afterCommit(tx, () => callbacksApplied.inc({ outcome: status }));
}
