import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import { fault, givenTimeSchema, timeSchema } from '../../http/contract/schemas.ts';
import { auditActorKinds } from '../tables.ts';

const actorKindSchema = z.enum(auditActorKinds);
/** Ids of everything that is changed or changes something, and the names of operators' commands. */
const anySubject = z
  .string()
  .max(120)
  .regex(/^[\w.:-]+$/);

/** Strict: a mistyped filter must not answer with the whole log. */
export const auditLogQuery = z
  .strictObject({
    ...pageQuery,
    actorKind: actorKindSchema.optional(),
    actorId: anySubject.optional().openapi({ description: 'A member, an API key or a device.' }),
    act: z
      .string()
      .max(80)
      .regex(/^[a-z_]+(?:\.[a-z_]+)?$/)
      .optional()
      .openapi({
        description: 'One act, such as `order.cancelled`, or all acts on a kind of object, such as `order`.',
      }),
    subjectId: anySubject.optional().openapi({ description: 'What was changed.' }),
    from: givenTimeSchema.optional(),
    to: givenTimeSchema.optional().openapi({ description: 'Entries before this time.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    ...fault('time.order', { other: 'from' }),
    path: ['to'],
  });

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    actor: z.object({
      kind: actorKindSchema,
      id: z.string(),
      name: z.string().nullable(),
    }),
    act: z.string().openapi({ example: 'staff.invited' }),
    subjectId: z.string(),
    changes: z.record(z.string(), z.unknown()),
    names: z.record(z.string(), z.string()).openapi({
      description: 'The present names of the objects whose ids are in the entry. Deleted objects have no name.',
      example: { evt_7K3M9XQ2: 'Senja di Selatan' },
    }),
  })
  .openapi('AuditEntry');
