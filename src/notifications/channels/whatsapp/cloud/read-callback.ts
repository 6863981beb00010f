import { z } from 'zod';
import { cutText } from '../../../../platform/text/cut-text.ts';
import { fieldsOf } from '../callback-body.ts';
import {
  type CallbackContent,
  type Inbound,
  type ReportedStatus,
  type StatusReport,
  callbackItemsMax,
  inboundTextMax,
  nothingTold,
  providerIdMax,
  storableId,
} from '../sender-plugin.ts';

const statusSchema = z.object({
  id: z.string().max(500).regex(storableId),
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  biz_opaque_callback_data: z.string().max(512).regex(storableId).optional().catch(undefined),
  errors: z.array(z.object({ code: z.int() })).optional(),
});
const messageSchema = z.object({
  id: z.string().max(providerIdMax).regex(storableId),
  from: z.string().regex(/^[1-9]\d{6,14}$/),
  timestamp: z
    .string()
    .regex(/^\d{1,12}$/)
    .optional()
    .catch(undefined),
  text: z.object({ body: z.string() }).optional(),
  button: z.object({ text: z.string() }).optional(),
});
const value = z.object({ statuses: z.array(z.unknown()).optional(), messages: z.array(z.unknown()).optional() });
const callbackSchema = z.object({
  entry: z.array(z.object({ changes: z.array(z.object({ value: value.optional() })) })),
});

/** Statuses and inbound messages of a callback of the Graph API; nothing for a callback of another kind. */
export function readGraphCallback(body: Uint8Array): CallbackContent {
  const parsed = callbackSchema.safeParse(fieldsOf(body));
  if (!parsed.success) return nothingTold;
  const values = parsed.data.entry.flatMap((entry) => entry.changes.flatMap((change) => change.value ?? []));
  return {
    statuses: values
      .flatMap(({ statuses }) => statuses ?? [])
      .slice(0, callbackItemsMax)
      .flatMap(statusOf),
    inbound: values
      .flatMap(({ messages }) => messages ?? [])
      .slice(0, callbackItemsMax)
      .flatMap(inboundOf),
  };
}

function statusOf(raw: unknown): StatusReport[] {
  const parsed = statusSchema.safeParse(raw);
  if (!parsed.success) return [];
  const { id, status, biz_opaque_callback_data: deliveryId, errors } = parsed.data;
  const failure = status === 'failed' ? `graph_${errors?.[0]?.code ?? 'unknown'}` : undefined;
  return [{ messageId: id, deliveryId, status: status satisfies ReportedStatus, failure }];
}

function inboundOf(raw: unknown): Inbound[] {
  const parsed = messageSchema.safeParse(raw);
  if (!parsed.success) return [];
  const { id, from, timestamp, text, button } = parsed.data;
  return [
    {
      messageId: id,
      from,
      text: cutText(text?.body ?? button?.text ?? '', inboundTextMax),
      sentAt: timestamp === undefined ? undefined : Number(timestamp),
    },
  ];
}
