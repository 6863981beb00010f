import { z } from 'zod';
import { callProvider } from '../call.ts';
import { type SenderAnswer, type SenderCall, type SenderConfig, storableId } from '../sender-plugin.ts';
import { graphVerdict } from './error.ts';

export const cloudCredentials = z.strictObject({
  accessToken: z.string(),
  appSecret: z.string(),
  verifyToken: z.string(),
});
type CloudCredentials = z.output<typeof cloudCredentials>;

const accepted = z.object({ messages: z.array(z.object({ id: z.string().max(500).regex(storableId) })).min(1) });
const refused = z.object({ error: z.object({ code: z.int() }) });

/** Sends an approved template by the Graph API. */
export async function sendByGraph(call: SenderCall<CloudCredentials>, config: SenderConfig): Promise<SenderAnswer> {
  const answer = await callProvider(
    `${config.WHATSAPP_GRAPH_URL}/${config.WHATSAPP_GRAPH_VERSION}/${call.externalId}/messages`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${call.credentials.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(call)),
      signal: call.signal,
      isProbe: call.isProbe,
    },
  );
  if (answer.kind !== 'answered') return answer;
  if (answer.status < 200 || answer.status > 299) return refusalOf(answer, call.tries);
  const parsed = accepted.safeParse(answer.body);
  const wamid = parsed.data?.messages[0]?.id;
  return wamid === undefined
    ? { kind: 'unknown', failure: 'malformed_answer' }
    : { kind: 'accepted', providerMessageId: wamid };
}

function refusalOf({ status, body }: { status: number; body: unknown }, tries: number): SenderAnswer {
  const code = refused.safeParse(body).data?.error.code;
  const failure = code === undefined ? `http_${status}` : `graph_${code}`;
  const verdict = graphVerdict(code, status, tries);
  switch (verdict.kind) {
    case 'later':
      return {
        kind: 'later',
        failure,
        ...(verdict.seconds === undefined ? {} : { seconds: verdict.seconds }),
        isThrottled: verdict.throttled,
        isFault: status >= 500,
      };
    case 'recipient':
      return { kind: 'recipient', failure, ...(verdict.suppress === undefined ? {} : { suppress: verdict.suppress }) };
    case 'template':
      return { kind: 'message', failure };
    default:
      return {
        kind: 'sender',
        failure,
        action: verdict.action === 'disable' ? { name: 'disable' } : { name: 'cool', minutes: blockedCoolMinutes },
      };
  }
}

const blockedCoolMinutes = 60;

function requestOf({ to, deliveryId, message }: SenderCall<CloudCredentials>) {
  const components: unknown[] = [];
  if (message.bodyParameters.length > 0) {
    components.push({ type: 'body', parameters: message.bodyParameters.map((text) => ({ type: 'text', text })) });
  }
  if (message.buttonSuffix !== undefined) {
    components.push({
      type: 'button',
      sub_type: 'url',
      index: '0',
      parameters: [{ type: 'text', text: message.buttonSuffix }],
    });
  }
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'template',
    // Returned in each status, so it identifies a message whose answer was lost.
    biz_opaque_callback_data: deliveryId,
    template: { name: message.template, language: { code: message.locale }, components },
  };
}
