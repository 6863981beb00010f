import { z } from '@hono/zod-openapi';
import { timeSchema } from '../../http/contract/schemas.ts';

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    actor: z.object({
      kind: z.enum(['staff', 'api_key', 'device', 'operator', 'system']),
      id: z.string(),
      name: z.string().nullable(),
    }),
    act: z.string().openapi({ example: 'staff.invited' }),
    subjectId: z.string(),
    changes: z.record(z.string(), z.unknown()),
  })
  .openapi('AuditEntry');
