import { z } from 'zod';
import type { WhatsappTemplate } from '../demo-accounts.ts';

/** The body of a template message and its rules. Unknown fields are refused with code 100, as the Graph API does. */

const text = (max: number) => z.string().min(1).max(max);
const media = z
  .strictObject({
    id: text(100).optional(),
    link: z.url().optional(),
    filename: text(240).optional(),
    caption: text(1024).optional(),
  })
  .refine(({ id, link }) => (id === undefined) !== (link === undefined), 'needs either id or link');

const headerParameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: text(60), parameter_name: text(60).optional() }),
  z.strictObject({ type: z.literal('image'), image: media }),
  z.strictObject({ type: z.literal('video'), video: media }),
  z.strictObject({ type: z.literal('document'), document: media }),
  z.strictObject({ type: z.literal('location'), location: z.looseObject({}) }),
]);
const bodyParameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: text(1024), parameter_name: text(60).optional() }),
  z.strictObject({ type: z.literal('currency'), currency: z.looseObject({ fallback_value: text(100) }) }),
  z.strictObject({ type: z.literal('date_time'), date_time: z.looseObject({ fallback_value: text(100) }) }),
]);
const index = z.union([z.string().regex(/^\d$/), z.int().min(0).max(9)]);
const button = (subType: string, parameter: z.ZodType) =>
  z.strictObject({
    type: z.literal('button'),
    sub_type: z.literal(subType),
    index,
    parameters: z.array(parameter).length(1),
  });

const component = z.union([
  z.strictObject({ type: z.literal('header'), parameters: z.array(headerParameter).length(1) }),
  z.strictObject({ type: z.literal('body'), parameters: z.array(bodyParameter).max(30) }),
  button('url', z.strictObject({ type: z.literal('text'), text: text(2000) })),
  button('quick_reply', z.strictObject({ type: z.literal('payload'), payload: text(256) })),
  button('copy_code', z.strictObject({ type: z.literal('coupon_code'), coupon_code: text(15) })),
  button('flow', z.strictObject({ type: z.literal('action'), action: z.looseObject({}) })),
]);

const messageRequestSchema = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').optional(),
  to: z.string().regex(/^[1-9]\d{7,14}$/, 'must be digits with the country code'),
  type: z.literal('template'),
  biz_opaque_callback_data: z.string().max(256).optional(),
  template: z.strictObject({
    name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be lower case letters, digits and underscores'),
    language: z.strictObject({
      code: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/),
      policy: z.literal('deterministic').optional(),
    }),
    components: z.array(component).max(12).optional(),
  }),
});

export type MessageRequest = z.output<typeof messageRequestSchema>;
export type MessageRefusal = Readonly<{ code: number; details: string }>;

const bodyCharactersMax = 1024;

/** The checked message, or the Graph error code and details it is refused with. */
export function parseMessageRequest(
  body: unknown,
  known: Readonly<{ templates?: readonly WhatsappTemplate[] | undefined; hasMedia: (id: string) => boolean }>,
): Readonly<{ request: MessageRequest }> | MessageRefusal {
  if (isTypeOtherThanTemplate(body)) {
    return { code: 131047, details: 'More than 24 hours have passed since the customer last replied: use a template' };
  }
  const parsed = messageRequestSchema.safeParse(body);
  if (!parsed.success) return refusalFor(parsed.error.issues[0]);
  const { template } = parsed.data;
  const components = template.components ?? [];

  const headers = components.filter(({ type }) => type === 'header').length;
  if (headers > 1) return { code: 100, details: 'A template has one header at most' };
  const mediaId = components.flatMap(mediaIds).find((id) => !known.hasMedia(id));
  if (mediaId !== undefined) return { code: 131009, details: `Media id ${mediaId} was not uploaded to this number` };
  const bodyTexts = components.flatMap((part) => (part.type === 'body' ? part.parameters : []));
  const characters = bodyTexts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
  if (characters > bodyCharactersMax) return { code: 132005, details: 'Translated text too long' };
  if (known.templates === undefined) return { request: parsed.data };

  const registered = known.templates.find(
    ({ name, language }) => name === template.name && language === template.language.code,
  );
  if (registered === undefined)
    return { code: 132001, details: `template name (${template.name}) does not exist in ${template.language.code}` };
  if (registered.status !== undefined && registered.status !== 'APPROVED') {
    return { code: 132015, details: `template name (${template.name}) is ${registered.status}` };
  }
  if (registered.bodyParameters !== undefined && registered.bodyParameters !== bodyTexts.length) {
    return {
      code: 132000,
      details: `body: number of localizable_params (${bodyTexts.length}) does not match (${registered.bodyParameters})`,
    };
  }
  return { request: parsed.data };
}

function isTypeOtherThanTemplate(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('type' in body)) return false;
  return body.type === 'text' || body.type === 'image' || body.type === 'document';
}

function refusalFor(issue: z.core.$ZodIssue | undefined): MessageRefusal {
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.input === undefined)
    return { code: 131008, details: `${path} is required` };
  return { code: 100, details: `${path}: ${issue?.message ?? 'invalid'}` };
}

function mediaIds(part: NonNullable<MessageRequest['template']['components']>[number]): readonly string[] {
  if (part.type !== 'header') return [];
  return part.parameters.flatMap((parameter) => {
    if (parameter.type === 'image') return parameter.image.id ?? [];
    if (parameter.type === 'video') return parameter.video.id ?? [];
    if (parameter.type === 'document') return parameter.document.id ?? [];
    return [];
  });
}
