import { type Answer, requestBytes } from '../../generator/connection.ts';
import { browseRound } from './mix.ts';

/** The public reads of `browseRound` in turn, as bytes. */
export function browseRequests(...round: Parameters<typeof browseRound>): () => string {
  const requests = browseRound(...round).map(([path, headers]) => requestBytes('GET', path, headers));
  let sent = 0;
  return () => {
    sent += 1;
    return requests[sent % requests.length] ?? '';
  };
}

/** Orders that were placed lately, which their buyers read again. */
export type PlacedOrders = { add(answer: Answer): void; nextRead(): string };

const rememberedMax = 5000;
const placedPattern = /"id":"(ord_[^"]+)".*"accessToken":"([^"]+)"/s;

export function createPlacedOrders(): PlacedOrders {
  const placed: { id: string; token: string }[] = [];
  let added = 0;
  let reads = 0;
  return {
    add: ({ status, body }) => {
      if (status !== 201) return;
      const [, id, token] = placedPattern.exec(body.toString()) ?? [];
      if (id === undefined || token === undefined) throw new Error('an order was answered without its id or its token');
      placed[added % rememberedMax] = { id, token };
      added += 1;
    },
    nextRead: () => {
      const { id, token } = placed[reads % placed.length] ?? { id: 'ord_none', token: 'none' };
      reads += 1;
      return requestBytes('GET', `/v1/orders/${id}`, { authorization: `Bearer ${token}` });
    },
  };
}
