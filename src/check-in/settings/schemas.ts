import { z } from '@hono/zod-openapi';
import { lineOfText, plainIdSchema } from '../../http/contract/schemas.ts';
import { categoryNoteLengthMax } from '../limits.ts';

const fields = {
  showsNames: z.boolean().openapi({
    description:
      'Whether devices may keep, and search by, the names of guests and the last digits of their phones. Otherwise devices keep only ' +
      'hashes of codes, and a guest is found by a complete phone number or order code.',
  }),
  categoryNotes: z.record(plainIdSchema, lineOfText(categoryNoteLengthMax)).openapi({
    description: 'Instructions for the door staff by ticket category id, such as "blue wristband".',
  }),
};

export const doorSettingsSchema = z.object(fields).openapi('DoorSettings');
export const doorSettingsChangeSchema = z
  .strictObject({ showsNames: fields.showsNames.optional(), categoryNotes: fields.categoryNotes.optional() })
  .openapi('DoorSettingsChange');
