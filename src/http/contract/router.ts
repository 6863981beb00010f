import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { Env } from 'hono';
import { requestInvalid } from '../../platform/errors.ts';
import { type FieldFaultCode, type InputFault, fieldFaults, inputFault } from '../../platform/field-faults.ts';

/** What every handler may read from its context. */
export type AppEnv = { Variables: { requestId: string } };

/** A room's routes: contract and handler side by side, input faults in one shape. */
export function createRouter<E extends Env = AppEnv>(): OpenAPIHono<E> {
  return new OpenAPIHono<E>({
    defaultHook: (result) => {
      if (!result.success) throw requestInvalid(inputFaults(result.error));
    },
  });
}

/**
 * Adds a route to the contract whose handler checks its own input, for a hot path: `openapi` would add a validator per
 * part. Add the handler with `unchecked(route)`.
 */
export function describe<E extends Env>(router: OpenAPIHono<E>, ...routes: readonly RouteConfig[]): OpenAPIHono<E> {
  for (const route of routes) router.openAPIRegistry.registerPath(route);
  return router;
}

/** The route without its input, and left out of the contract. */
export function unchecked<Route extends RouteConfig>(route: Route): Omit<Route, 'request'> & { hide: true } {
  const { request: _request, ...rest } = route;
  return { ...rest, hide: true };
}

/**
 * Checks input that no route of the contract checks.
 * @throws DomainError request.invalid
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw requestInvalid(inputFaults(parsed.error));
  return parsed.data;
}

const faultsMax = 20;

/** zod reports what it expected but not what it saw, so missing fields are noted during validation. */
const missing = fieldFaults['field.required'].en;
z.config({ customError: ({ input }) => (input === undefined ? missing : undefined) });

/** Gives path and expectation, never the value. A value may be private, and echoing it invites injection. */
export function inputFaults(error: { readonly issues: readonly z.core.$ZodIssue[] }): InputFault[] {
  return error.issues.slice(0, faultsMax).map((issue) => {
    const { code, ...parameters } = faultOf(issue);
    return inputFault(issue.path.map(String).join('.'), code, parameters);
  });
}

type Fault = { readonly code: FieldFaultCode; readonly limit?: number; readonly expected?: string };

/** The code of a fault that a schema found. A code from `fault` in `schemas.ts` has precedence. */
function faultOf(issue: z.core.$ZodIssue): Fault {
  if (issue.code === 'custom') return customFault(issue.params);
  if (issue.code === 'invalid_type')
    return issue.message === missing ? { code: 'field.required' } : { code: 'field.type', expected: issue.expected };
  if (issue.code === 'too_small') return sizeFault(issue.origin, 'small', Number(issue.minimum));
  if (issue.code === 'too_big') return sizeFault(issue.origin, 'large', Number(issue.maximum));
  if (issue.code === 'invalid_format') return formatFault(issue);
  if (issue.code === 'invalid_value')
    return { code: issue.message === missing ? 'field.required' : 'field.not_allowed' };
  if (issue.code === 'not_multiple_of') return { code: 'number.step', limit: issue.divisor };
  return { code: issue.code === 'unrecognized_keys' ? 'field.unknown' : 'field.invalid' };
}

const formatFaults: Readonly<Record<string, FieldFaultCode>> = {
  datetime: 'time.invalid',
  date: 'day.invalid',
  email: 'email.invalid',
};

/** A pattern may name its fault as its message: `regex(pattern, patternFault('slug.invalid', { min: 3, max: 80 }))`. */
function formatFault({ format, message }: z.core.$ZodIssueInvalidStringFormat): Fault {
  const own = /^fault:(.*)$/.exec(message)?.[1];
  return own === undefined ? { code: formatFaults[format] ?? 'field.format' } : customFault(JSON.parse(own));
}

function sizeFault(origin: string, way: 'small' | 'large', limit: number): Fault {
  if (origin === 'string')
    return way === 'small' && limit === 1
      ? { code: 'field.required' }
      : { code: way === 'small' ? 'text.too_short' : 'text.too_long', limit };
  if (origin === 'array' || origin === 'set')
    return { code: way === 'small' ? 'list.too_short' : 'list.too_long', limit };
  return { code: way === 'small' ? 'number.too_small' : 'number.too_large', limit };
}

function customFault(params: Readonly<Record<string, unknown>> | undefined): Fault {
  const code = params?.['code'];
  return typeof code === 'string' && code in fieldFaults ? ({ ...params, code } as Fault) : { code: 'field.invalid' };
}
