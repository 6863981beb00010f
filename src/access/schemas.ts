import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/contract/pagination.ts';
import {
  fault,
  emailSchema,
  eventIdSchema,
  lineOfText,
  personName,
  phoneCountrySchema,
  phoneSchema,
  plainIdSchema,
  slugSchema,
  timeSchema,
  patternFault,
} from '../http/contract/schemas.ts';
import { signedTextLengthMax } from '../platform/text/signed-text.ts';
import { roles } from './actor.ts';
import { passwordLengthMax, passwordLengthMin } from './limits.ts';
import { staffStatuses } from './tables.ts';

/** What callers may send, and what they get. */

export const roleSchema = z.enum(roles).openapi('Role');
const apiKeyRoleSchema = z.enum(['manager', 'door']);
const localeSchema = z.enum(['id', 'en']);
const newPasswordSchema = z.string().min(passwordLengthMin).max(passwordLengthMax).openapi({ format: 'password' });
const linkTokenSchema = z.string().min(1).max(200);
const nameLengthMax = 120;
const nameSchema = lineOfText(nameLengthMax);
const personNameSchema = personName(nameLengthMax);

const keptMax = 200;
const keptSchema = z.union([z.enum(['api_keys', 'devices', 'invitations']), plainIdSchema]);
const keepSchema = z.array(keptSchema).max(keptMax).openapi({
  description:
    'What stays, by id or all of a kind: `api_keys`, `devices`, `invitations`. The rest of what was made ends.',
});
/** As a query: the same, with commas between. */
export const keepQuery = z.object({
  keep: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(keptSchema).max(keptMax))
    .optional()
    .openapi({
      type: 'string',
      description: 'Ids, or `api_keys`, `devices`, `invitations`, with commas between. The rest of what was made ends.',
    }),
});

/** One that is not good, or not for this address, is as none. */
const knownClientSchema = z
  .string()
  .max(signedTextLengthMax)
  .regex(/^[\x21-\x7e]*$/, patternFault('text.not_visible_ascii'))
  .optional()
  .openapi({
    description:
      'What an earlier answer gave to keep: strangers who use up the tries of this address then do not keep you out.',
  });
const keptTokenSchema = z.string().openapi({
  description: 'For this client to keep, and to send as `knownClientToken`. It opens nothing.',
});

export const signInSchema = z
  .strictObject({
    email: emailSchema,
    password: z.string().min(1).max(passwordLengthMax).openapi({ format: 'password' }),
    knownClientToken: knownClientSchema,
  })
  .openapi('SignIn');
export const signedInSchema = z
  .object({ accessToken: z.string(), expiresAt: timeSchema, knownClientToken: keptTokenSchema })
  .openapi('SignedIn');

export const actorSchema = z
  .object({
    kind: z.enum(['staff', 'api_key', 'device']),
    id: plainIdSchema,
    name: z.string(),
    email: z.string().optional(),
    role: roleSchema,
    organizer: z.object({ slug: slugSchema, name: z.string() }),
    eventId: eventIdSchema.optional().openapi({ description: 'The one event that a device scans for.' }),
    sessionId: plainIdSchema.optional(),
    expiresAt: timeSchema.optional(),
  })
  .openapi('WhoAmI');
export const sessionSchema = z
  .object({ id: plainIdSchema, current: z.boolean(), createdAt: timeSchema, expiresAt: timeSchema })
  .openapi('Session');

export const acceptInvitationSchema = z
  .strictObject({ token: linkTokenSchema, name: personNameSchema, password: newPasswordSchema })
  .openapi('AcceptInvitation');
export const requestPasswordResetSchema = z
  .strictObject({ email: emailSchema, knownClientToken: knownClientSchema })
  .openapi('RequestPasswordReset');
export const confirmPasswordResetSchema = z
  .strictObject({ token: linkTokenSchema, password: newPasswordSchema, keep: keepSchema.optional() })
  .openapi('ConfirmPasswordReset');

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

export const createApiKeySchema = z.strictObject({ name: nameSchema, role: apiKeyRoleSchema }).openapi('CreateApiKey');
export const apiKeySchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    role: apiKeyRoleSchema,
    createdBy: plainIdSchema,
    createdAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('ApiKey');
export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string().openapi({ description: 'Shown this once.', example: 'antre_key_...' }) })
  .openapi('CreatedApiKey');

export const createDeviceSchema = z.strictObject({ eventId: eventIdSchema, name: nameSchema }).openapi('CreateDevice');
export const deviceSchema = z
  .object({
    id: plainIdSchema,
    eventId: eventIdSchema,
    name: z.string(),
    createdBy: plainIdSchema,
    createdAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('Device');
export const createdDeviceSchema = deviceSchema
  .extend({ token: z.string().openapi({ description: 'Shown this once.', example: 'antre_device_...' }) })
  .openapi('CreatedDevice');

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

export const organizerParams = z.object({ slug: slugSchema });
export const staffParams = organizerParams.extend({ staffId: plainIdSchema });
export const apiKeyParams = organizerParams.extend({ keyId: plainIdSchema });
export const deviceParams = organizerParams.extend({ deviceId: plainIdSchema });
export const sessionParams = z.object({ sessionId: plainIdSchema });
export const listQuery = z.object(pageQuery);
export const deviceListQuery = listQuery.extend({ eventId: eventIdSchema.optional() });

/** What an operator types to create an organiser. */
export const createOrganizerSchema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/, patternFault('slug.invalid', { min: 3, max: 48 })),
  name: nameSchema,
  ownerEmail: emailSchema,
  ownerName: personNameSchema.default('Owner'),
  locale: localeSchema.default('id'),
});

export const requestVerificationSchema = z
  .strictObject({
    email: emailSchema.optional(),
    phone: phoneSchema.optional().openapi({ description: 'Needs `eventSlug`: the code comes from its organizer.' }),
    phoneCountry: phoneCountrySchema.optional(),
    eventSlug: slugSchema.optional(),
    locale: localeSchema.default('id'),
    knownClientToken: knownClientSchema,
  })
  .refine(
    ({ email, phone }) => (email === undefined) !== (phone === undefined),
    fault('one_of.required', { names: 'email, phone' }),
  )
  .openapi('RequestVerification');
export const verificationSchema = z
  .object({ verificationId: plainIdSchema, expiresAt: timeSchema })
  .openapi('Verification');
export const confirmVerificationSchema = z
  .strictObject({
    verificationId: plainIdSchema,
    code: z
      .string()
      .trim()
      .regex(/^\d{3} ?\d{3}$/, patternFault('code.six_digits'))
      .openapi({ example: '042317' }),
  })
  .openapi('ConfirmVerification');
export const confirmedBuyerSchema = z
  .object({ buyerToken: z.string(), expiresAt: timeSchema, knownClientToken: keptTokenSchema })
  .openapi('ConfirmedBuyer');
