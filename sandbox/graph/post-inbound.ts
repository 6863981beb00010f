import type { WhatsappSender } from '../demo-accounts.ts';
import { escapedJson } from './escaped-json.ts';
import type { Graph } from './graph.ts';
import { callbackUrlOf } from './report-statuses.ts';
import { hubSignature } from './signature.ts';

const timeoutMs = 15_000;

/** Somebody writes to a number: sends one signed callback. Returns the status of its answer. */
export async function postInbound(
  graph: Graph,
  sender: WhatsappSender,
  {
    from,
    text,
    id,
    sentAt,
  }: Readonly<{ from: string; text: string; id?: string | undefined; sentAt?: number | undefined }>,
): Promise<number> {
  const message = {
    from,
    id: id ?? `wamid.in${Math.floor(graph.random() * 1e12)}`,
    timestamp: String(sentAt ?? Math.floor(graph.now() / 1000)),
    type: 'text',
    text: { body: text },
  };
  const metadata = { display_phone_number: sender.displayPhoneNumber, phone_number_id: sender.phoneNumberId };
  const value = { messaging_product: 'whatsapp', metadata, contacts: [{ wa_id: from }], messages: [message] };
  const body = escapedJson({
    object: 'whatsapp_business_account',
    entry: [{ id: sender.businessAccountId, changes: [{ field: 'messages', value }] }],
  });
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': hubSignature(sender.appSecret, body) };
  return (await graph.post(callbackUrlOf(sender, graph), headers, body, timeoutMs)).status;
}
