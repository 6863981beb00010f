import type { Context } from 'hono';
import { constantTimeEqual } from '../../platform/crypto.ts';

/** Whether a request on the operations port carries the operator's token. */
export function hasOperatorToken(c: Context, token: string): boolean {
  const given = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  return given !== undefined && constantTimeEqual(given, token);
}
