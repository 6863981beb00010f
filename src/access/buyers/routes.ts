import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { type ConfirmVerificationDeps, confirmVerification } from './confirm-verification.ts';
import { type RequestVerificationDeps, requestVerification } from './request-verification.ts';
import {
  confirmVerificationSchema,
  confirmedBuyerSchema,
  requestVerificationSchema,
  verificationSchema,
} from './schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';

const tags = ['Buyers'];
const bodyBytesMax = 4096;

const request = createRoute({
  method: 'post',
  path: '/v1/buyers/verifications',
  tags,
  operationId: 'requestVerification',
  security: byAnybody,
  summary: 'Request a code to an email or a phone',
  description:
    'The response is the same for known and unknown addresses. The code is valid for ten minutes and five tries.',
  middleware: [jsonBody(bodyBytesMax)] as const,
  request: { body: body(requestVerificationSchema) },
  responses: {
    202: answer(verificationSchema, 'A code is on its way.'),
    ...problems(400, 404, 409, 413, 415, 429, 503),
  },
});

const confirm = createRoute({
  method: 'post',
  path: '/v1/buyers/confirmations',
  tags,
  operationId: 'confirmVerification',
  security: byAnybody,
  summary: 'Confirm an email or a phone with the code',
  description:
    'The token identifies the buyer to waiting rooms for a day, as `Authorization: Bearer`. A code is valid only together ' +
    'with its verification: six digits alone could be guessed.',
  middleware: [jsonBody(bodyBytesMax)] as const,
  request: { body: body(confirmVerificationSchema) },
  responses: { 200: answer(confirmedBuyerSchema, 'Confirmed.'), ...problems(400, 403, 413, 415, 429, 503) },
});

/** Lets a buyer, who has no account, prove that an email or a phone is theirs. */
export function buyerRoutes(
  deps: RequestVerificationDeps & ConfirmVerificationDeps & { readonly networkOf: (c: Context) => string },
) {
  return createRouter()
    .openapi(request, async (c) => {
      const asked = await requestVerification(deps, { ...c.req.valid('json'), network: deps.networkOf(c) });
      return c.json({ ...asked, expiresAt: asked.expiresAt.toISOString() }, 202);
    })
    .openapi(confirm, async (c) => {
      const confirmed = await confirmVerification(deps, { ...c.req.valid('json'), network: deps.networkOf(c) });
      return c.json({ ...confirmed, expiresAt: confirmed.expiresAt.toISOString() }, 200);
    });
}
