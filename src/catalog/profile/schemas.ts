import { z } from '@hono/zod-openapi';
import { blockOfText, emailSchema, fault, lineOfText, slugSchema } from '../../http/contract/schemas.ts';
import { phoneTextMax } from '../../platform/text/phone-number.ts';
import { legalTextLengthMax } from '../limits.ts';

const legalText = z.strictObject({ id: blockOfText(legalTextLengthMax), en: blockOfText(legalTextLengthMax) }).openapi({
  description:
    'In Indonesian and English. If one is empty, its readers get the other; if both are empty, there is no page.',
});

const profile = {
  contact: z.strictObject({
    email: emailSchema.nullable().openapi({ description: 'Shown to buyers. Replies to mails about orders go to it.' }),
    phone: lineOfText(phoneTextMax)
      .refine((text) => /^\+?[\d ()./-]+$/.test(text) && (text.match(/\d/g) ?? []).length >= 5, fault('phone.invalid'))
      .nullable()
      .openapi({ description: 'Shown to buyers as written.', example: '+62 21 555 0100' }),
  }),
  privacy: legalText,
  terms: legalText,
};

export const organizerProfileSchema = z.strictObject(profile).openapi('OrganizerProfile');

export const publicOrganizerSchema = z.object({ slug: slugSchema, name: z.string(), ...profile }).openapi('Organizer');

export type OrganizerProfile = z.output<typeof organizerProfileSchema>;
