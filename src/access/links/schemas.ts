import { personNameSchema, keepSchema, knownClientSchema } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { emailSchema } from '../../http/contract/schemas.ts';
import { passwordLengthMax, passwordLengthMin } from '../limits.ts';

const newPasswordSchema = z.string().min(passwordLengthMin).max(passwordLengthMax).openapi({ format: 'password' });
const linkTokenSchema = z.string().min(1).max(200);

export const acceptInvitationSchema = z
  .strictObject({ token: linkTokenSchema, name: personNameSchema, password: newPasswordSchema })
  .openapi('AcceptInvitation');

export const requestPasswordResetSchema = z
  .strictObject({ email: emailSchema, knownClientToken: knownClientSchema })
  .openapi('RequestPasswordReset');

export const confirmPasswordResetSchema = z
  .strictObject({ token: linkTokenSchema, password: newPasswordSchema, keep: keepSchema.optional() })
  .openapi('ConfirmPasswordReset');
