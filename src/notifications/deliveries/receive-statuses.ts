import { z } from 'zod';
import type { Config } from '../../config.ts';
import { constantTimeEqual, hmacSha256 } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { type StatusReport, foldStatuses, recipientKeysOf, suppressRecipient } from './queries.ts';
import { callbackRefused } from '../errors.ts';
import { deliveryStatusesReported } from '../metrics.ts';
import { openSenderCredentials } from '../senders/sender-credentials.ts';
import { findSenderForCallback } from '../senders/queries.ts';

const noWhatsappFailure = 'graph_131026';
const noWhatsappDays = 30;
const reportsMax = 1000;

const statusSchema = z.object({
  id: z.string().min(1).max(500),
  status: z.string(),
  biz_opaque_callback_data: z.string().max(512).optional(),
  errors: z.array(z.object({ code: z.int() })).optional(),
});
const callbackSchema = z.object({
  entry: z.array(
    z.object({
      changes: z.array(z.object({ value: z.object({ statuses: z.array(z.unknown()).optional() }).optional() })),
    }),
  ),
});
const knownStatuses = new Set(['sent', 'delivered', 'read', 'failed']);

/**
 * Takes a status callback: proves its origin on the raw bytes, then folds what it reports. Duplicates and disorder
 * change nothing; reports of messages we do not know, and other kinds of callback, are passed over.
 * @throws DomainError notification.callback_refused
 */
export async function receiveStatuses(
  deps: { db: Db; config: Pick<Config, 'ENCRYPTION_KEY'> },
  input: { senderId: string; signature: string | undefined; body: Uint8Array; onVerified: () => void },
): Promise<void> {
  const sender = await findSenderForCallback(deps.db, input.senderId);
  if (sender === undefined) throw callbackRefused();
  const { appSecret } = openSenderCredentials(deps.config.ENCRYPTION_KEY, sender);
  const expected = `sha256=${hmacSha256(appSecret, input.body).toString('hex')}`;
  if (input.signature === undefined || !constantTimeEqual(input.signature, expected)) throw callbackRefused();
  input.onVerified();
  const reports = reportsOf(input.body);
  if (reports.length === 0) return;
  await transaction(deps.db, async (tx) => {
    await foldStatuses(tx, sender, reports);
    const unreachable = reports.filter((report) => report.failure === noWhatsappFailure).map((report) => report.wamid);
    for (const recipientKey of unreachable.length === 0
      ? []
      : await recipientKeysOf(tx, unreachable, sender.organizerId)) {
      await suppressRecipient(tx, { channel: 'whatsapp', recipientKey, reason: 'no_whatsapp', days: noWhatsappDays });
    }
  });
  for (const report of reports) deliveryStatusesReported.inc({ status: report.status });
}

/** What the body reports of messages; nothing when it is of another kind. */
export function reportsOf(body: Uint8Array): StatusReport[] {
  const parsed = callbackSchema.safeParse(parseJson(body));
  if (!parsed.success) return [];
  const statuses = parsed.data.entry.flatMap((entry) =>
    entry.changes.flatMap((change) => change.value?.statuses ?? []),
  );
  return statuses.slice(0, reportsMax).flatMap((raw) => {
    const status = statusSchema.safeParse(raw);
    return status.success && isKnown(status.data.status)
      ? [
          {
            wamid: status.data.id,
            deliveryId: status.data.biz_opaque_callback_data,
            status: status.data.status,
            failure:
              status.data.status === 'failed' ? `graph_${status.data.errors?.[0]?.code ?? 'unknown'}` : undefined,
          },
        ]
      : [];
  });
}

function isKnown(status: string): status is StatusReport['status'] {
  return knownStatuses.has(status);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
