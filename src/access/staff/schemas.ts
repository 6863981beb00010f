import { roleSchema, localeSchema, personNameSchema, keepSchema, organizerParams } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { emailSchema, plainIdSchema, timeSchema } from '../../http/contract/schemas.ts';
import { staffStatuses } from '../tables.ts';
import { apiKeySchema, deviceSchema } from '../credentials/schemas.ts';

export const inviteStaffSchema = z
  .strictObject({ email: emailSchema, name: personNameSchema, role: roleSchema, locale: localeSchema.default('id') })
  .openapi('InviteStaff');

export const changeStaffSchema = z
  .strictObject({ role: roleSchema, keep: keepSchema.optional() })
  .openapi('ChangeStaff');

export const staffMemberSchema = z
  .object({
    id: plainIdSchema,
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    status: z.enum(staffStatuses),
    locale: localeSchema,
    createdAt: timeSchema,
  })
  .openapi('StaffMember');

export const madeAccessSchema = z
  .object({
    apiKeys: z.array(apiKeySchema),
    devices: z.array(deviceSchema),
    invitations: z.array(staffMemberSchema).openapi({ description: 'Not accepted yet.' }),
    members: z
      .array(staffMemberSchema)
      .openapi({ description: 'Who accepted an invitation; they stay when this member goes.' }),
  })
  .openapi('MadeAccess');

export const staffParams = organizerParams.extend({ staffId: plainIdSchema });
