import { widerNetworkOf } from '../http/server/client-network.ts';
import { serviceOverloaded } from '../platform/errors.ts';
import { tooManyStreams } from './errors.ts';
import { refusedRetrySeconds, streamsMax, streamsPerCredentialMax, widerNetworkFactor } from './limits.ts';
import type { Topic } from './messages.ts';
import { streamsOpen, streamsRefused } from './metrics.ts';
import type { Stream, StreamRequest } from './stream.ts';

/** The open streams of a process, by topic, and their number per network and credential. */
export type Roster = {
  /** @throws DomainError live.too_many_streams, service.overloaded */
  refuseIfFull(request: StreamRequest): void;
  /** @returns whether it is the first of its topic */
  join(stream: Stream): boolean;
  /** @returns whether it was the last of its topic */
  leave(stream: Stream): boolean;
  of(topic: Topic): ReadonlySet<Stream> | undefined;
  readonly all: ReadonlySet<Stream>;
};

export function createRoster(streamsPerNetworkMax: number): Roster {
  const topics = new Map<Topic, Set<Stream>>();
  const all = new Set<Stream>();
  const counts = new Map<string, number>();

  const count = (stream: Stream, change: 1 | -1): void => {
    streamsOpen.inc({ kind: stream.request.kind }, change);
    for (const [key] of keysOf(stream.request)) {
      const left = (counts.get(key) ?? 0) + change;
      if (left === 0) counts.delete(key);
      else counts.set(key, left);
    }
  };
  const keysOf = ({ network, credential }: StreamRequest): readonly (readonly [key: string, max: number])[] => {
    const wider = widerNetworkOf(network);
    return [
      [`network ${network}`, streamsPerNetworkMax],
      ...(wider === undefined ? [] : [[`network ${wider}`, streamsPerNetworkMax * widerNetworkFactor] as const]),
      ...(credential === undefined ? [] : [[`credential ${credential}`, streamsPerCredentialMax] as const]),
    ];
  };

  return {
    all,
    of: (topic) => topics.get(topic),
    refuseIfFull: (request) => {
      if (all.size >= streamsMax[request.kind]) {
        streamsRefused.inc({ reason: 'process' });
        throw serviceOverloaded(refusedRetrySeconds);
      }
      for (const [key, max] of keysOf(request)) {
        if ((counts.get(key) ?? 0) < max) continue;
        streamsRefused.inc({ reason: key.startsWith('network') ? 'network' : 'credential' });
        throw tooManyStreams();
      }
    },
    join: (stream) => {
      const { topic } = stream.request;
      const listeners = topics.get(topic) ?? new Set();
      topics.set(topic, listeners.add(stream));
      all.add(stream);
      count(stream, 1);
      return listeners.size === 1;
    },
    leave: (stream) => {
      if (!all.delete(stream)) return false;
      const { topic } = stream.request;
      const listeners = topics.get(topic);
      listeners?.delete(stream);
      count(stream, -1);
      if (listeners?.size !== 0) return false;
      topics.delete(topic);
      return true;
    },
  };
}
