import type { WhatsappSender } from '../demo-accounts.ts';
import { escapedJson } from './escaped-json.ts';
import type { Graph, MessageStatus, WhatsappMessage } from './graph.ts';
import { graphErrorTitle } from './graph-errors.ts';
import { hubSignature } from './signature.ts';
import type { WhatsappRule } from './whatsapp-rules.ts';

/** Waits before each status, times the time scale. */
const gapsMs: Record<MessageStatus, number> = { sent: 150, delivered: 500, read: 2000, failed: 500 };
const timeoutMs = 15_000;
/** Waits before the repeats of a callback that was not answered with 2xx, times the time scale. */
const repeatGapsMs = [1000, 5000, 30_000, 120_000, 600_000] as const;

/** Reports sent, delivered and read (or what the rule says) to the sender's callback address, signed, one after another. */
export async function reportStatuses(
  graph: Graph,
  message: WhatsappMessage,
  rule: WhatsappRule | undefined,
): Promise<void> {
  const statuses: readonly MessageStatus[] =
    rule?.failStatus === undefined ? (rule?.statuses ?? ['sent', 'delivered', 'read']) : ['sent', 'failed'];
  for (const status of statuses) {
    await graph.scheduler.wait(gapsMs[status] * graph.settings.timeScale);
    message.statuses.push({ status, at: new Date(graph.now()).toISOString() });
    const sender = graph.senders.get(message.phoneNumberId);
    const url = sender === undefined ? undefined : callbackUrlOf(sender, graph);
    if (sender === undefined || url === undefined) continue;
    const body = statusBody(sender, message, { status, now: graph.now(), errorCode: rule?.failStatus });
    await post(graph, { url, body, appSecret: sender.appSecret, wamid: message.id, status }, 0);
  }
}

/** The sender's own address, or the general one with its number filled in. */
export function callbackUrlOf(sender: WhatsappSender, graph: Pick<Graph, 'settings'>): string {
  return sender.callbackUrl ?? graph.settings.whatsappCallbackUrl.replaceAll('{phoneNumberId}', sender.phoneNumberId);
}

/** The callback's exact text: what is signed and what is sent. */
function statusBody(
  sender: WhatsappSender,
  message: WhatsappMessage,
  report: Readonly<{ status: MessageStatus; now: number; errorCode?: number | undefined }>,
): string {
  const code = report.status === 'failed' ? (report.errorCode ?? 131026) : undefined;
  const status = {
    id: message.id,
    status: report.status,
    timestamp: String(Math.floor(report.now / 1000)),
    recipient_id: message.to,
    ...(code === undefined
      ? { pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' } }
      : {
          errors: [
            {
              code,
              title: graphErrorTitle(code),
              message: graphErrorTitle(code),
              error_data: { details: 'Scripted failure' },
            },
          ],
        }),
    ...(message.opaque === undefined ? {} : { biz_opaque_callback_data: message.opaque }),
  };
  const metadata = { display_phone_number: sender.displayPhoneNumber, phone_number_id: sender.phoneNumberId };
  return escapedJson({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: sender.businessAccountId,
        changes: [{ value: { messaging_product: 'whatsapp', metadata, statuses: [status] }, field: 'messages' }],
      },
    ],
  });
}

type StatusCallback = Readonly<{ url: string; body: string; appSecret: string; wamid: string; status: MessageStatus }>;

/** Resolves after the first attempt; repeats follow by themselves. */
function post(graph: Graph, callback: StatusCallback, attempt: number): Promise<void> {
  return new Promise((resolve) => {
    const taken = graph.lane.run(async () => {
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': hubSignature(callback.appSecret, callback.body),
      };
      const answer = await graph.post(callback.url, headers, callback.body, timeoutMs);
      const { wamid, status, url } = callback;
      graph.journal.append({
        kind: 'whatsapp.status_sent',
        wamid,
        status,
        url,
        attempt: attempt + 1,
        answer: answer.status,
        ms: answer.ms,
        error: answer.error,
      });
      const gap = repeatGapsMs[attempt];
      const accepted = answer.status >= 200 && answer.status < 300;
      if (!accepted && gap !== undefined) {
        graph.scheduler.later(gap * graph.settings.timeScale, () => void post(graph, callback, attempt + 1));
      }
      resolve();
    });
    if (!taken) resolve();
  });
}
