import { Hono } from 'hono';
import type { WhatsappTemplate } from '../demo-accounts.ts';
import type { Graph } from './graph.ts';
import { graphError } from './graph-errors.ts';
import { templatesOf } from './submit-template.ts';

const pageMax = 100;

/** `GET /{version}/{businessAccountId}/message_templates`: the templates of an account, by pages. */
export function listTemplateRoutes(graph: Graph): Hono {
  return new Hono().get('/:version{v[0-9]+\\.[0-9]+}/:businessAccountId/message_templates', (context) => {
    const { limit = '25', after = '0' } = context.req.query();
    const sender = [...graph.senders.values()].find(
      ({ businessAccountId, accessToken }) =>
        businessAccountId === context.req.param('businessAccountId') &&
        context.req.header('authorization') === `Bearer ${accessToken}`,
    );
    if (sender === undefined) return graphError(190, 'The access token is not that of this account');
    const [start, size] = [Number(after), Math.min(Number(limit), pageMax)];
    const all = templatesOf(sender);
    const page = all.slice(start, start + size);
    const cursors = { before: String(start), after: String(start + size) };
    const hasMore = start + size < all.length;
    const paging = { cursors, ...(hasMore ? { next: `${context.req.path}?after=${start + size}` } : {}) };
    return context.json({ data: page.map(presentTemplate), paging });
  });
}

function presentTemplate({
  name,
  language,
  bodyParameters,
  status = 'APPROVED',
  rejectedReason = 'NONE',
  id = '1',
  category = 'UTILITY',
  body,
}: WhatsappTemplate) {
  const variables = Array.from({ length: bodyParameters ?? 0 }, (_, index) => `{{${index + 1}}}`);
  return {
    name,
    language,
    status,
    rejected_reason: rejectedReason,
    id,
    category,
    components: bodyParameters === undefined ? [] : [{ type: 'BODY', text: body ?? `Text ${variables.join(' ')}` }],
  };
}
