import { z } from '@hono/zod-openapi';
import { eventIdSchema, lineOfText, plainIdSchema, slugSchema } from '../../http/contract/schemas.ts';
import { categoryNoteLengthMax } from '../limits.ts';

export const doorSettingsParams = z.object({ slug: slugSchema, eventId: eventIdSchema });

const fields = {
  showsNames: z.boolean().openapi({
    description:
      'Whether devices may keep the names of guests, and find guests by name and phone. Otherwise they have hashes of codes only.',
  }),
  categoryNotes: z.record(plainIdSchema, lineOfText(categoryNoteLengthMax)).openapi({
    description: 'What the door does for a ticket category, such as "blue wristband", by the id of the category.',
  }),
};

export const doorSettingsSchema = z.object(fields).openapi('DoorSettings');
export const doorSettingsChangeSchema = z
  .strictObject({ showsNames: fields.showsNames.optional(), categoryNotes: fields.categoryNotes.optional() })
  .openapi('DoorSettingsChange');
