import type { GatewayFact } from '../gateways/gateway.ts';
import { type Decision, type Phase, onCallback, onReadBack } from './attempt-moves.ts';
import type { AttemptStatus, GatewayState } from '../vocabulary.ts';

/**
 * The state machine of an attempt, as data. Gateways do not sign the state, so a callback is a claim: it may pay an attempt
 * that waits, and close one that has no money. Everything that takes value away, and everything that wakes what was
 * closed, is done only on the word of the gateway itself, read back (`read_back`).
 *
 *   creating --+--> pending --> review --> captured --> settled --> partially_refunded --> refunded
 *   unknown  --+       |           |          |             |
 *                      |           |          +-> voided    +-> reversed, charged_back, (partially_)refunded
 *                      +-----------+-> denied, failed, expired, cancelled --(late money, read back)--> captured, settled
 */

export type Trust = 'callback' | 'read_back';

export type Claim = Pick<GatewayFact, 'state' | 'signedClass'>;

/** The signed class of a state. */
const classes: Readonly<Partial<Record<GatewayState, readonly GatewayFact['signedClass'][]>>> = {
  pending: ['waiting'],
  review: ['waiting', 'success'],
  authorized: ['success'],
  captured: ['success'],
  settled: ['success'],
  denied: ['failure'],
  failed: ['failure'],
  expired: ['failure'],
  cancelled: ['failure'],
  refunded: ['success'],
  partially_refunded: ['success'],
  charged_back: ['success'],
  partially_charged_back: ['success'],
};

/**
 * The effect of a claim on an attempt. Pure.
 * @param proven a callback that the gateway signed as a success was seen, so money did come at some time
 */
export function nextAttemptState(current: AttemptStatus, claim: Claim, trust: Trust, proven = false): Decision {
  const phase = phaseOf(current);
  if (trust === 'read_back') return onTruth(current, phase, claim, proven);
  if (classes[claim.state]?.includes(claim.signedClass) !== true) {
    const paying = claim.state === 'captured' || claim.state === 'settled';
    return paying ? { kind: 'refuse', reason: 'signed_for_another_state' } : { kind: 'read_back' };
  }
  return withoutStandingStill(current, claim, onCallback[phase][claim.state]);
}

function onTruth(current: AttemptStatus, phase: Phase, claim: Claim, proven: boolean): Decision {
  if (phase === 'closed' && proven) {
    // A success was signed, and now the money is not there. It came and went.
    if (claim.state === 'cancelled') return { kind: 'move', to: 'voided', effects: ['pass_through'] };
    if (claim.state === 'denied') return { kind: 'move', to: 'reversed', effects: ['pass_through'] };
  }
  return withoutStandingStill(current, claim, onReadBack[phase][claim.state]);
}

const ranks: Partial<Record<AttemptStatus, number>> = { creating: 0, unknown: 0, pending: 1, review: 2, authorized: 3 };

/** Among waiting states, none leads back to an earlier one. */
function withoutStandingStill(current: AttemptStatus, claim: Claim, decision: Decision): Decision {
  if (decision.kind !== 'move') return decision;
  const [from, to] = [ranks[current], ranks[decision.to]];
  if (from !== undefined && to !== undefined && to <= from) {
    return { kind: 'ignore', reason: claim.state === current ? 'known' : 'older' };
  }
  return decision;
}

function phaseOf(status: AttemptStatus): Phase {
  switch (status) {
    case 'denied':
    case 'failed':
    case 'expired':
    case 'cancelled':
      return 'closed';
    case 'captured':
    case 'settled':
    case 'charged_back':
      return status;
    case 'voided':
    case 'reversed':
      return 'returned';
    case 'refunded':
    case 'partially_refunded':
      return 'refunding';
    default:
      return 'open';
  }
}
