import { z } from '@hono/zod-openapi';
import { optionalLine } from '../../http/contract/schemas.ts';
import { pictureAltLengthMax } from '../limits.ts';

const percent = z.coerce.number().int().min(0).max(100);
const alt = optionalLine(pictureAltLengthMax);

export const pictureQuery = z.strictObject({
  focusX: percent.optional().openapi({
    param: { name: 'focusX', in: 'query' },
    type: 'integer',
    description: 'The point that every cut keeps in view, in percent of the width from the left. 50 by default.',
  }),
  focusY: percent.optional().openapi({
    param: { name: 'focusY', in: 'query' },
    type: 'integer',
    description: 'In percent of the height from the top. 50 by default.',
  }),
  alt: alt.optional().openapi({
    param: { name: 'alt', in: 'query' },
    type: 'string',
    description: 'A description of the picture for people who cannot see it. Empty for a decorative picture.',
  }),
});

const focus = z.strictObject({ x: z.int().min(0).max(100), y: z.int().min(0).max(100) });

export const changePictureSchema = z
  .strictObject({ focus: focus.optional(), alt: alt.optional() })
  .openapi('ChangePicture');
