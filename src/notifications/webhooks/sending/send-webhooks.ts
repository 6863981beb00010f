import { writeAudit } from '../../../access/index.ts';
import type { Config } from '../../../config.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, transaction } from '../../../platform/database/db.ts';
import { stage } from '../../../platform/jobs/outbox.ts';
import type { CallResult, EndpointCaller } from './call-endpoint.ts';
import { webhookBody } from '../catalogue.ts';
import { webhookDisabled } from '../jobs.ts';
import {
  callsAtOnceMax,
  circuitFailuresMax,
  circuitPauseSeconds,
  circuitPauseSecondsMax,
  failingHoursMax,
  retryJitter,
  retrySeconds,
  turnMs,
} from '../limits.ts';
import { webhookCallSeconds, webhookDelaySeconds, webhookEndpointsDisabled, webhooksSent } from '../metrics.ts';
import { openWebhookSecrets, signedHeaders } from '../sign.ts';
import type { WebhookEndpoint } from '../tables.ts';
import {
  type ClaimedWebhook,
  type TryOutcome,
  claimDue,
  disableEndpoint,
  endTurn,
  findTurn,
  recordHealth,
  recordTries,
} from './queries.ts';

export type SendWebhooksDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
  readonly endpointCaller: EndpointCaller;
};

type Turn = { readonly endpointId: string; readonly turn: number };
type Endpoint = WebhookEndpoint;

/**
 * Runs an endpoint's turn: sends due deliveries, a few at a time, until none is due, the endpoint fails, or the turn's time is over. Safe
 * to repeat at any point. If the process dies before it records a result, the webhook is sent again under the same id.
 */
export async function sendWebhooksOf(deps: SendWebhooksDeps, turn: Turn, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  let endpoint = await findTurn(deps.db, turn);
  while (endpoint !== undefined && !signal.aborted && performance.now() - started < turnMs) {
    // A failing endpoint is probed by a single call.
    const atOnce = endpoint.failures >= circuitFailuresMax ? 1 : callsAtOnceMax;
    const claims = await claimDue(deps.db, turn.endpointId, atOnce);
    if (claims.length === 0) break;
    const results = await callAll(deps, endpoint, claims, signal);
    if ((await record(deps, endpoint, results)) === 'stop') break;
    // The organiser may have changed, disabled or deleted the endpoint meanwhile.
    endpoint = await findTurn(deps.db, turn);
  }
  await endTurn(deps.db, turn);
}

type Tried = { readonly claim: ClaimedWebhook; readonly result: CallResult };

async function callAll(
  { clock, config, endpointCaller }: SendWebhooksDeps,
  endpoint: Endpoint,
  claims: readonly ClaimedWebhook[],
  signal: AbortSignal,
): Promise<Tried[]> {
  const now = clock.now();
  const secrets = openWebhookSecrets(config.ENCRYPTION_KEY, endpoint, now);
  return Promise.all(
    claims.map(async (claim) => {
      const body = webhookBody(claim);
      const headers = {
        ...signedHeaders(secrets, { id: claim.id, sentAt: now, body }),
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'antre-webhooks/1',
      };
      return { claim, result: await endpointCaller.call(endpoint.url, headers, body, signal) };
    }),
  );
}

/** Records the results of calls and the endpoint's state. `stop`: pause calls to the endpoint. */
async function record(deps: SendWebhooksDeps, endpoint: Endpoint, tried: readonly Tried[]): Promise<'go on' | 'stop'> {
  const outcomes = tried.map(({ claim, result }) => ({
    ...result,
    webhookId: claim.id,
    nextSeconds: nextSecondsOf(claim.tries, result),
  }));
  const hasDelivered = outcomes.some(({ failure }) => failure === undefined);
  const failures = hasDelivered ? 0 : failuresAfter(endpoint.failures, outcomes.length);
  const pauseSeconds = pauseOf(failures, outcomes);
  const isGone = outcomes.some(({ status }) => status === 410);
  const disabled = await transaction(deps.db, async (tx) => {
    await recordTries(tx, endpoint.id, outcomes);
    const health = await recordHealth(tx, endpoint, { failures, hasDelivered, pauseSeconds });
    if (health === undefined || !(isGone || health.failingHours >= failingHoursMax)) return undefined;
    const reason = isGone ? 'gone' : 'failing';
    await disableEndpoint(tx, endpoint.id, reason);
    const actor = { kind: 'system', id: 'webhooks', organizerId: health.organizerId } as const;
    await writeAudit(tx, { actor, act: 'webhook.disabled', subjectId: endpoint.id, changes: { reason } });
    await stage(tx, webhookDisabled, { endpointId: endpoint.id });
    return reason;
  });
  measure(deps.clock.now(), tried, outcomes);
  if (disabled !== undefined) webhookEndpointsDisabled.inc({ reason: disabled });
  return disabled !== undefined || pauseSeconds > 0 ? 'stop' : 'go on';
}

/** Seconds until the next try: by the schedule, but not before the endpoint's Retry-After. Undefined if delivered or given up. */
function nextSecondsOf(tries: number, { failure, retryAfterSeconds = 0 }: CallResult): number | undefined {
  const wait = retrySeconds[tries - 1];
  if (failure === undefined || wait === undefined) return undefined;
  return Math.max(wait, retryAfterSeconds) * (1 + Math.random() * retryJitter);
}

/** Concurrent failures open the circuit once. After that, each failed probe counts. */
function failuresAfter(before: number, failed: number): number {
  return before < circuitFailuresMax ? Math.min(before + failed, circuitFailuresMax) : before + 1;
}

/** How long to pause the endpoint: its Retry-After, or the pause of an open circuit. */
function pauseOf(failures: number, outcomes: readonly TryOutcome[]): number {
  const asked = Math.max(0, ...outcomes.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0));
  if (failures < circuitFailuresMax) return asked;
  const doublings = Math.min(failures - circuitFailuresMax, 20);
  const pause = Math.min(circuitPauseSeconds * 2 ** doublings, circuitPauseSecondsMax);
  return Math.max(asked, pause * (1 + Math.random() * retryJitter));
}

function measure(now: Date, tried: readonly Tried[], outcomes: readonly TryOutcome[]): void {
  for (const { failure, nextSeconds, tookMs } of outcomes) {
    webhooksSent.inc({ result: failure === undefined ? 'delivered' : nextSeconds === undefined ? 'gave_up' : failure });
    webhookCallSeconds.observe(tookMs / 1000);
  }
  for (const { claim, result } of tried) {
    if (result.failure !== undefined || claim.tries > 1) continue;
    webhookDelaySeconds.observe(Math.max(now.getTime() - claim.occurredAt.getTime(), 0) / 1000);
  }
}
