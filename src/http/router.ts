import { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from 'hono';
import type { z } from 'zod';
import { type InputFault, requestInvalid } from '../platform/errors.ts';

/** What every handler may read from its context. */
export type AppEnv = { Variables: { requestId: string } };

/** A room's routes: contract and handler side by side, faults of the input in one shape. */
export function createRouter<E extends Env = AppEnv>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: (result) => {
      if (!result.success) throw requestInvalid(inputFaults(result.error));
    },
  });
}

const faultsMax = 20;

/** Where and what, never the value: a value may be private, and echoing it invites injection. */
export function inputFaults(error: { readonly issues: readonly z.core.$ZodIssue[] }): InputFault[] {
  return error.issues.slice(0, faultsMax).map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.code === 'unrecognized_keys' ? 'has fields that are not known' : issue.message,
    ...codeOf(issue),
  }));
}

/** What `fault` of `schemas.ts` has put there. */
function codeOf(issue: z.core.$ZodIssue): { readonly code?: string } {
  const code: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  return typeof code === 'string' ? { code } : {};
}
