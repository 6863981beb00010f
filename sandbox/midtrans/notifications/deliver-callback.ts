import type { Lane } from '../../lane.ts';
import type { PostAnswer, PostBytes } from '../../post-bytes.ts';
import type { Tools } from '../../tools.ts';
import type { Callback } from './callback.ts';
import { retriesFor, retryDelayMs } from './retry-table.ts';

export type DeliverCallback = (callback: Callback, attempt?: number) => Promise<void>;

const timeoutMs = 15_000;
const hopsMax = 5;

type DeliverTools = Tools & Readonly<{ lane: Lane; post: PostBytes }>;

/** Sends a callback and resolves after the first attempt. Later attempts follow the retry table. */
export function createDeliverCallback(tools: DeliverTools): DeliverCallback {
  const deliver: DeliverCallback = (callback, attempt = 1) =>
    new Promise((resolve) => {
      const taken = tools.lane.run(async () => {
        const answer = await follow(tools.post, callback);
        const retryInMs = record(callback, attempt, answer);
        if (retryInMs !== undefined) tools.scheduler.later(retryInMs, () => void deliver(callback, attempt + 1));
        resolve();
      });
      if (taken) return;
      tools.journal.append({
        kind: 'callback.sent',
        ...idsOf(callback),
        attempt,
        status: 0,
        error: 'lane full',
        outcome: 'gave_up',
      });
      resolve();
    });

  const record = (callback: Callback, attempt: number, answer: PostAnswer): number | undefined => {
    const delivered = answer.status >= 200 && answer.status < 300;
    const again = callback.forged === undefined && attempt <= retriesFor(answer.status);
    const retryInMs = again ? retryDelayMs(attempt, tools.settings.timeScale, tools.random) : undefined;
    tools.journal.append({
      kind: 'callback.sent',
      ...idsOf(callback),
      attempt,
      status: answer.status,
      ms: answer.ms,
      error: answer.error,
      outcome: delivered ? 'done' : again ? 'retry' : 'gave_up',
      retryInMs: retryInMs === undefined ? undefined : Math.round(retryInMs),
    });
    return retryInMs;
  };

  return deliver;
}

function idsOf({ callbackId, orderId, transactionStatus, url, forged }: Callback): Record<string, unknown> {
  return { callbackId, orderId, transactionStatus, url, forged };
}

async function follow(post: PostBytes, callback: Callback): Promise<PostAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'Veritrans' };
  let { url } = callback;
  for (let hop = 0; ; hop += 1) {
    const answer = await post(url, headers, callback.body, timeoutMs);
    const redirected = answer.status === 307 || answer.status === 308;
    if (!redirected || answer.location === undefined || hop === hopsMax) return answer;
    if (!URL.canParse(answer.location, url)) return answer;
    url = new URL(answer.location, url).href;
  }
}
