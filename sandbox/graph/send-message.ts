import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { neverAnswer, strikes } from '../fault.ts';
import { keep, messagesMax, senderCalling, type Graph, type WhatsappMessage } from './graph.ts';
import { graphError } from './graph-errors.ts';
import { parseMessageRequest, type MessageRequest } from './message-request.ts';
import { templatesOf } from './submit-template.ts';
import { reportStatuses } from './report-statuses.ts';
import { whatsappRuleFor } from './whatsapp-rules.ts';
import { parseJson } from '../parse-json.ts';

/** `POST /{version}/{phoneNumberId}/messages`: accepts a template message and reports its way to the phone. */
export function sendMessageRoutes(graph: Graph): Hono {
  return new Hono().post('/:version{v[0-9]+\\.[0-9]+}/:phoneNumberId/messages', async (context) => {
    const sender = senderCalling(graph, context.req.param('phoneNumberId'), context.req.header('authorization'));
    if (sender === undefined) return refuse(graph, 190, 'The access token is not that of this phone number');
    const parsed = parseMessageRequest(parseJson(await context.req.text()), {
      templates: sender.templates === undefined && sender.submitted === undefined ? undefined : templatesOf(sender),
      hasMedia: (id) => graph.media.get(id)?.phoneNumberId === sender.phoneNumberId,
    });
    if (!('request' in parsed)) return refuse(graph, parsed.code, parsed.details);
    const { request } = parsed;

    const matching = whatsappRuleFor(graph.rules, { to: request.to, template: request.template.name });
    const rule = matching !== undefined && strikes(matching, graph.random) ? matching : undefined;
    if (rule?.delayMs !== undefined) await graph.scheduler.wait(rule.delayMs);
    if (rule?.answer === 'hang' || rule?.answer === 'reset') return neverAnswer(context, rule.answer);
    if (rule?.error !== undefined) return refuse(graph, rule.error, 'Scripted error', request.to);

    const message = compose(request, sender.phoneNumberId, graph.now());
    graph.journal.append({
      kind: 'whatsapp.accepted',
      wamid: message.id,
      phoneNumberId: message.phoneNumberId,
      to: message.to,
      template: message.template,
      language: message.language,
      opaque: message.opaque,
    });
    keep(graph.messages, message.id, message, messagesMax);
    void reportStatuses(graph, message, rule);
    if (rule?.answer !== undefined) return neverAnswer(context, rule.answer);
    return context.json({
      messaging_product: 'whatsapp',
      contacts: [{ input: request.to, wa_id: request.to }],
      messages: [{ id: message.id, message_status: 'accepted' }],
    });
  });
}

function refuse(graph: Graph, code: number, details: string, to?: string): Response {
  graph.journal.append({ kind: 'whatsapp.refused', code, details, to });
  return graphError(code, details);
}

function compose(request: MessageRequest, phoneNumberId: string, now: number): WhatsappMessage {
  const opaque = request.biz_opaque_callback_data;
  return {
    id: `wamid.${randomBytes(21).toString('base64')}`,
    at: new Date(now).toISOString(),
    phoneNumberId,
    to: request.to,
    template: request.template.name,
    language: request.template.language.code,
    components: request.template.components ?? [],
    ...(opaque === undefined ? {} : { opaque }),
    statuses: [],
  };
}
