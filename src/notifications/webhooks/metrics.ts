import { counter, histogram } from '../../platform/metrics.ts';

/** result: delivered, gave_up, or why the try failed and is repeated (`callFailures` in `tables.ts`). */
export const webhooksSent = counter('webhooks_total', 'Tries to deliver a webhook, by result', ['result']);
const delays = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];

export const webhookCallSeconds = histogram('webhook_call_seconds', 'Time until an endpoint of an organiser answered');
export const webhookDelaySeconds = histogram(
  'webhook_delay_seconds',
  'Time from the fact to its delivery, of webhooks that the first try delivered',
  [],
  delays,
);
export const webhookEndpointsDisabled = counter(
  'webhook_endpoints_disabled_total',
  'Endpoints that were disabled because they failed for days or answered 410',
  ['reason'],
);
