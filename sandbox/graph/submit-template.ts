import { randomInt } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { WhatsappSender, WhatsappTemplate } from '../demo-accounts.ts';
import type { Graph } from './graph.ts';
import { graphError } from './graph-errors.ts';

/** Wait before a template is judged, times the time scale. */
const reviewMs = 2000;
/** A body with this word is rejected. */
const rejectedWord = /\btolak\b/i;
const templatesMax = 250;
const bodyMax = 1024;

const componentSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('BODY'),
    text: z.string().min(1).max(bodyMax).optional(),
    example: z.looseObject({ body_text: z.array(z.array(z.string().min(1))).length(1) }).optional(),
  }),
  z.looseObject({
    type: z.literal('BUTTONS'),
    buttons: z
      .array(
        z.looseObject({
          type: z.enum(['URL', 'OTP', 'QUICK_REPLY']),
          text: z.string().max(25).optional(),
          url: z.url({ protocol: /^https?$/ }).optional(),
        }),
      )
      .min(1),
  }),
  z.looseObject({ type: z.literal('FOOTER') }),
]);
const componentsSchema = z.array(componentSchema).min(1).max(5);
const createSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']),
  components: componentsSchema,
});
const editSchema = z.strictObject({ components: componentsSchema });

/**
 * `POST /{version}/{businessAccountId}/message_templates` submits a template, and `POST /{version}/{templateId}` another text of it.
 * It is PENDING, then APPROVED, or REJECTED if its body has the word `tolak`.
 */
export function submitTemplateRoutes(graph: Graph): Hono {
  return new Hono()
    .post('/:version{v[0-9]+\\.[0-9]+}/:businessAccountId/message_templates', async (context) => {
      const sender = senderOf(
        graph,
        context.req.header('authorization'),
        ({ businessAccountId }) => businessAccountId === context.req.param('businessAccountId'),
      );
      if (sender === undefined) return graphError(190, 'The access token is not that of this account');
      const parsed = createSchema.safeParse(await context.req.json().catch(() => undefined));
      if (!parsed.success) return graphError(100, parsed.error.issues[0]?.message ?? 'invalid');
      const { name, language, category, components } = parsed.data;
      const templates = templatesOf(sender);
      if (templates.length >= templatesMax) return graphError(100, 'The account has too many templates');
      if (templates.some((known) => known.name === name && known.language === language))
        return graphError(100, 'Content in this language already exists', 2388024);
      const fault = bodyFault(components, category);
      if (fault !== undefined) return graphError(100, fault, 2388299);
      const template = { name, language, id: String(randomInt(1e14, 2e14)), category, ...textOf(components) };
      put(graph, sender, { ...template, status: 'PENDING' });
      review(graph, sender.phoneNumberId, template.id);
      return context.json({ id: template.id, status: 'PENDING', category });
    })
    .post('/:version{v[0-9]+\\.[0-9]+}/:templateId{[0-9]+}', async (context) => {
      const templateId = context.req.param('templateId');
      const sender = senderOf(graph, context.req.header('authorization'), (own) =>
        templatesOf(own).some(({ id }) => id === templateId),
      );
      const known = sender === undefined ? undefined : templatesOf(sender).find(({ id }) => id === templateId);
      if (sender === undefined || known === undefined) return graphError(100, 'No template has this id');
      const parsed = editSchema.safeParse(await context.req.json().catch(() => undefined));
      if (!parsed.success) return graphError(100, parsed.error.issues[0]?.message ?? 'invalid');
      if (known.status === 'PENDING') return graphError(100, 'A template in review cannot be edited', 2593002);
      const fault = bodyFault(parsed.data.components, known.category ?? 'UTILITY');
      if (fault !== undefined) return graphError(100, fault, 2388299);
      const { rejectedReason: _, button: _button, ...kept } = known;
      put(graph, sender, { ...kept, ...textOf(parsed.data.components), status: 'PENDING' });
      review(graph, sender.phoneNumberId, templateId);
      return context.json({ success: true });
    });
}

/** The registered and the submitted templates. */
export const templatesOf = ({ templates = [], submitted = [] }: WhatsappSender): readonly WhatsappTemplate[] => [
  ...templates,
  ...submitted,
];

function senderOf(
  graph: Graph,
  authorization: string | undefined,
  isMeant: (sender: WhatsappSender) => boolean,
): WhatsappSender | undefined {
  return [...graph.senders.values()].find(
    (sender) => isMeant(sender) && authorization === `Bearer ${sender.accessToken}`,
  );
}

type Components = z.output<typeof componentsSchema>;

function textOf(components: Components): Pick<WhatsappTemplate, 'body' | 'button' | 'bodyParameters'> {
  const body = components.find((part) => part.type === 'BODY')?.text;
  // A code is one parameter of a body that Meta words.
  if (body === undefined) return { bodyParameters: 1 };
  const { text, url } = components.find((part) => part.type === 'BUTTONS')?.buttons[0] ?? {};
  const button = text === undefined ? {} : { button: { text, ...(url === undefined ? {} : { url }) } };
  return { body, bodyParameters: new Set(body.match(/\{\{\d+\}\}/g) ?? []).size, ...button };
}

function bodyFault(components: Components, category: string): string | undefined {
  const body = components.find((part) => part.type === 'BODY');
  if (body === undefined) return 'A template needs a body';
  if (category === 'AUTHENTICATION') return body.text === undefined ? undefined : 'The body of a code is given';
  if (body.text === undefined) return 'The body needs a text';
  const used = [...body.text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map(([, name]) => name ?? '');
  const numbers = [...new Set(used)].map(Number).toSorted((first, second) => first - second);
  if (numbers.some((number, index) => number !== index + 1)) return 'Variables must be numbered {{1}}, {{2}}, ...';
  if (/^\W*\{\{/.test(body.text) || /\}\}\s*$/.test(body.text)) return 'Variables cannot be at the start or the end';
  if (numbers.length > 0 && body.example?.body_text[0]?.length !== numbers.length)
    return 'Each variable needs an example';
  if (/\n{3,}/.test(body.text)) return 'There are more than two line ends in a row';
  return undefined;
}

function put(graph: Graph, sender: WhatsappSender, template: WhatsappTemplate): void {
  const isIt = ({ id }: WhatsappTemplate) => id === template.id;
  const { submitted = [], templates } = sender;
  const changed: WhatsappSender = templates?.some(isIt)
    ? { ...sender, templates: templates.map((known) => (isIt(known) ? template : known)) }
    : { ...sender, submitted: [...submitted.filter((known) => !isIt(known)), template] };
  graph.journal.append({ kind: 'whatsapp.template', sender: changed });
  graph.senders.set(sender.phoneNumberId, changed);
}

function review(graph: Graph, phoneNumberId: string, templateId: string): void {
  graph.scheduler.later(reviewMs * graph.settings.timeScale, () => {
    const sender = graph.senders.get(phoneNumberId);
    const template = sender === undefined ? undefined : templatesOf(sender).find(({ id }) => id === templateId);
    if (sender === undefined || template?.status !== 'PENDING') return;
    const isRejected = rejectedWord.test(template.body ?? '');
    put(graph, sender, {
      ...template,
      status: isRejected ? 'REJECTED' : 'APPROVED',
      ...(isRejected ? { rejectedReason: 'INVALID_FORMAT' } : {}),
    });
  });
}
