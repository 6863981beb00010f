import { z } from 'zod';

const alertsMax = 1000;
const words = z.record(z.string().max(200), z.string().max(4000));

/** The body that Alertmanager posts to a webhook (version 4). Other fields are ignored. */
export const alertNotice = z.object({
  groupKey: z.string().max(2000),
  commonLabels: words.default({}),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: words,
        annotations: words.default({}),
        fingerprint: z.string().max(64),
      }),
    )
    .min(1)
    .max(alertsMax),
});
export type AlertNotice = z.output<typeof alertNotice>;
