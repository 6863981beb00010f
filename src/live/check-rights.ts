import type { Log } from '../platform/log.ts';
import type { Hub } from './hub.ts';
import { ordersPerRecheck, recheckSeconds, streamAgeMaxMs } from './limits.ts';
import type { Stream } from './stream.ts';

/** The versions of the links that open these orders now, by order id. */
export type LinkVersionsOf = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

type RightsDeps = { readonly hub: Hub; readonly linkVersionsOf: LinkVersionsOf; readonly log: Log };

/**
 * Checks regularly whether listeners still have their rights, and ends the streams of those who do not. The end of a
 * session, key, device or link closes its streams within a minute. If the check cannot be made, the stream stays until
 * it can.
 * @returns the function that stops it
 */
export function checkRights(deps: RightsDeps): () => void {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    checkOnce(deps)
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the right to live streams could not be checked'))
      .finally(() => {
        isBusy = false;
      });
  }, recheckSeconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

async function checkOnce({ hub, linkVersionsOf }: RightsDeps): Promise<void> {
  const oldest = performance.now() - streamAgeMaxMs;
  const ofOrders: Stream[] = [];
  for (const stream of hub.streams) {
    if (stream.openedAt < oldest) hub.end(stream, 'old');
    else if (stream.request.linkVersion !== undefined) ofOrders.push(stream);
    else if ((await stream.request.isAllowed?.()) === false) hub.end(stream, 'not_allowed');
  }
  for (let from = 0; from < ofOrders.length; from += ordersPerRecheck) {
    const checked = ofOrders.slice(from, from + ordersPerRecheck);
    const versions = await linkVersionsOf(checked.map(orderIdOf));
    for (const stream of checked) {
      if (versions.get(orderIdOf(stream)) !== stream.request.linkVersion) hub.end(stream, 'not_allowed');
    }
  }
}

const orderIdOf = ({ request }: Stream): string => request.topic.slice('order:'.length);
