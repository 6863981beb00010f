import { z } from '@hono/zod-openapi';
import { eventIdSchema, lineOfText, plainIdSchema, slugSchema } from '../../http/contract/schemas.ts';
import { categoryNoteLengthMax } from '../limits.ts';

export const doorSettingsParams = z.object({ slug: slugSchema, eventId: eventIdSchema });

const fields = {
  showsNames: z.boolean().openapi({
    description:
      'Whether devices may keep the names of guests with the last digits of their phones, and find guests by these. Otherwise devices have ' +
      'hashes of codes only, and a guest is found by a whole phone number or order code.',
  }),
  categoryNotes: z.record(plainIdSchema, lineOfText(categoryNoteLengthMax)).openapi({
    description: 'What the door does for a ticket category, such as "blue wristband", by the id of the category.',
  }),
};

export const doorSettingsSchema = z.object(fields).openapi('DoorSettings');
export const doorSettingsChangeSchema = z
  .strictObject({ showsNames: fields.showsNames.optional(), categoryNotes: fields.categoryNotes.optional() })
  .openapi('DoorSettingsChange');
