import { counter, gauge, histogram } from '../platform/metrics.ts';

export const streamsOpen = gauge('live_streams_open', 'Open live streams by kind', ['kind']);
export const streamsRefused = counter('live_streams_refused_total', 'Live streams that were refused, by reason', [
  'reason',
]);
export const streamsEnded = counter('live_streams_ended_total', 'Live streams that the service ended, by reason', [
  'reason',
]);
export const messagesSent = counter('live_messages_sent_total', 'Messages written to live streams, by kind of stream', [
  'kind',
]);
export const messagesReplayed = counter(
  'live_messages_replayed_total',
  'Messages replayed to clients that reconnected',
);
export const snapshotsSent = counter('live_snapshots_total', 'Snapshots sent instead of a replay, by reason', [
  'reason',
]);
export const messagesDropped = counter('live_messages_dropped_total', 'Messages that were not published, by reason', [
  'reason',
]);
export const gapsSeen = counter('live_gaps_total', 'Times that this process may have missed messages');
export const publishSeconds = histogram('live_publish_seconds', 'Time from a change to its arrival in this process');
export const figureSeconds = histogram('live_figure_seconds', 'Time to compute a figure', ['figure']);
