import { roleSchema, localeSchema, personNameSchema, keepSchema } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { emailSchema, eventIdSchema, plainIdSchema, timeSchema, organizerParams } from '../../http/contract/schemas.ts';
import { eventsPerMemberMax } from '../limits.ts';
import { staffStatuses } from '../tables.ts';
import { apiKeySchema, deviceSchema } from '../credentials/schemas.ts';

const eventIds = z.array(eventIdSchema).min(1).max(eventsPerMemberMax).nullable().openapi({
  description: 'The events that the member is limited to; null for all. An owner works at all events.',
});

const managerEventIds = z.array(eventIdSchema).min(1).max(eventsPerMemberMax).nullable().openapi({
  description:
    'The events at which a member with the role door is the manager; null for none. The member also works at them, whatever `eventIds` says.',
});

export const inviteStaffSchema = z
  .strictObject({
    email: emailSchema,
    name: personNameSchema,
    role: roleSchema,
    locale: localeSchema.default('id'),
    eventIds: eventIds.default(null),
    managerEventIds: managerEventIds.default(null),
  })
  .openapi('InviteStaff');

export const changeStaffSchema = z
  .strictObject({
    role: roleSchema.optional(),
    eventIds: eventIds.optional(),
    managerEventIds: managerEventIds.optional(),
    keep: keepSchema.optional(),
  })
  .openapi('ChangeStaff');

export const staffMemberSchema = z
  .object({
    id: plainIdSchema,
    email: z.string(),
    name: z.string(),
    role: roleSchema,
    eventIds: z.array(eventIdSchema).nullable(),
    managerEventIds: z.array(eventIdSchema).nullable(),
    status: z.enum(staffStatuses),
    locale: localeSchema,
    createdAt: timeSchema,
  })
  .openapi('StaffMember');

export const madeAccessSchema = z
  .object({
    member: staffMemberSchema,
    apiKeys: z.array(apiKeySchema),
    devices: z.array(deviceSchema),
    invitations: z.array(staffMemberSchema).openapi({ description: 'Not accepted yet.' }),
    members: z.array(staffMemberSchema).openapi({ description: 'Members who accepted an invitation; they stay.' }),
  })
  .openapi('MadeAccess');

export const staffParams = organizerParams.extend({ staffId: plainIdSchema });
