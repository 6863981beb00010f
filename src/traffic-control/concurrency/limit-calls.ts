import { isUnavailable } from '../../platform/database/db-errors.ts';
import { isServiceRefusal } from '../../platform/errors.ts';
import type { GroupCommit } from '../../platform/database/group-commit.ts';
import type { RouteClass } from '../route-rules.ts';
import type { AcquireRequest, ConcurrencyLimiter } from './create-concurrency-limiter.ts';
import type { Outcome, Permit } from './slot-limiter.ts';

/** The result of a call, as far as it concerns the dependency. */
export type Judge<Result> = {
  readonly result?: (result: Result) => Outcome;
  readonly error: (error: unknown) => Outcome;
};

/**
 * Makes a call in a slot of its own.
 * @throws DomainError `service.overloaded` without a slot, and whatever the call throws
 */
export function limitCall<Result>(
  limiter: ConcurrencyLimiter,
  request: AcquireRequest,
  call: () => Promise<Result>,
  judge: Judge<Result> = databaseJudge,
): Promise<Result> {
  const permit = limiter.acquire(request);
  return permit instanceof Promise
    ? permit.then((granted) => callWith(granted, call, judge))
    : callWith(permit, call, judge);
}

async function callWith<Result>(permit: Permit, call: () => Promise<Result>, judge: Judge<Result>): Promise<Result> {
  try {
    const result = await call();
    permit.done(judge.result?.(result) ?? 'ok');
    return result;
  } catch (error) {
    permit.done(judge.error(error));
    throw error;
  }
}

/**
 * A group commit whose items count as in flight from submission to answer: those in the flush and those that wait for
 * the next. The limit therefore bounds the wait for a lane, over any number of lanes and batches.
 */
export function limitGroupCommit<Item, Result>(
  group: GroupCommit<Item, Result>,
  limiter: ConcurrencyLimiter,
  routeClass: RouteClass,
): GroupCommit<Item, Result> {
  const request = { class: routeClass };
  return {
    ...group,
    submit: (lane, item) => limitCall(limiter, request, () => group.submit(lane, item)),
  };
}

/** A database that is down, late or too busy has failed. A rejected value or a violated constraint is an answer. */
const databaseJudge = {
  error: (error: unknown): Outcome => (isUnavailable(error) || isServiceRefusal(error) ? 'failed' : 'ok'),
};
