import type { Context, MiddlewareHandler } from 'hono';
import { constantTimeEqual } from '../../platform/crypto.ts';

/** Answers 401 to a request on the operations port without the operator's token. */
export function operatorOnly(token: string): MiddlewareHandler {
  return async (c, next) => {
    if (!hasOperatorToken(c, token)) return c.json({ status: 'not allowed' }, 401);
    return next();
  };
}

/** Whether a request on the operations port carries the operator's token. */
export function hasOperatorToken(c: Context, token: string): boolean {
  const given = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  return given !== undefined && constantTimeEqual(given, token);
}

/**
 * Checks the token for a page that an operator opens in a browser, which asks for a name and a password: the password
 * is the token. Browsers also send it with requests from other sites, so requests that change something also need
 * `isFromOurPage`.
 */
export function hasOperatorPassword(c: Context, token: string): boolean {
  const given = /^Basic ([\w+/=]{1,400})$/.exec(c.req.header('authorization') ?? '')?.[1];
  if (given === undefined) return false;
  const [, ...password] = Buffer.from(given, 'base64').toString('utf8').split(':');
  return constantTimeEqual(password.join(':'), token);
}
