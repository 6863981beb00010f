import { scopesOf } from './access/index.ts';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { examples } from './contract-examples.ts';
import { openApiDocument } from './http/contract/api-docs.ts';
import type { AppEnv } from './http/contract/router.ts';
import { textHeader } from './http/contract/schemas.ts';
import { type ErrorCode, problems } from './problems.ts';
import { refusals } from './refusals.ts';

type Content = Record<string, { schema?: unknown; example?: unknown }>;
type Operation = {
  operationId: string;
  security?: readonly object[] | undefined;
  parameters?: readonly { readonly name?: string }[];
  requestBody?: { content: Content };
  responses: Record<string, unknown>;
};
type Document = { readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const withRetryAfter = new Set([429, 503]);

/** The published contract: the routes' own declarations, the codes that each operation refuses with, and examples. */
export function contractOf(app: OpenAPIHono<AppEnv>, publicUrl: string) {
  const document = openApiDocument(app, publicUrl);
  for (const [path, methods] of Object.entries((document as unknown as Document).paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      addHeaders(operation);
      addRefusals(operation, path);
      nameScopes(operation, { method, path });
      const body = operation.requestBody?.content['application/json'];
      const example = examples[operation.operationId];
      if (body !== undefined && example !== undefined) body.example = example;
    }
  }
  return document;
}

/** States the scopes of which a key needs one. */
function nameScopes(operation: Operation, { method, path }: { method: string; path: string }): void {
  const scopes = scopesOf(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'));
  operation.security = operation.security?.flatMap((kinds) =>
    'apiKey' in kinds ? scopes.map((scope) => ({ apiKey: [scope] })) : [kinds],
  );
}

/** Every code that an operation may refuse with, its common ones included. */
export function refusalsOf(operation: Operation, path: string): readonly ErrorCode[] {
  const own: readonly ErrorCode[] =
    (refusals as Readonly<Record<string, readonly ErrorCode[]>>)[operation.operationId] ?? [];
  const common = commonRefusals({
    hasBody: operation.requestBody !== undefined,
    isSecured: (operation.security ?? []).some((kinds) => Object.keys(kinds).some((kind) => !kind.startsWith('order'))),
    takesKeys: (operation.security ?? []).some((kinds) => 'apiKey' in kinds),
    isOfOrganizer: path.startsWith('/v1/organizers/'),
  });
  return [...new Set([...own, ...common])];
}

/** The codes that an operation has because of its kind: any operation may give these, some only with a reason. */
function commonRefusals(operation: {
  readonly hasBody: boolean;
  readonly isSecured: boolean;
  /** Whether an API key is one of its credentials. */
  readonly takesKeys: boolean;
  readonly isOfOrganizer: boolean;
}): readonly ErrorCode[] {
  return [
    // Also for a malformed address or header.
    'request.invalid',
    ...(operation.hasBody ? (['request.too_large', 'request.unsupported_media_type'] as const) : []),
    ...(operation.isSecured ? (['access.unauthenticated', 'access.forbidden'] as const) : []),
    ...(operation.takesKeys ? (['access.scope_missing'] as const) : []),
    ...(operation.isOfOrganizer ? (['request.not_found'] as const) : []),
    'traffic.rate_limited',
    'traffic.browse_only',
    'service.overloaded',
    'service.unavailable',
    'internal',
  ];
}

/** The headers of answers that follow from the kind of the operation. */
function addHeaders({ parameters = [], responses }: Operation): void {
  const takesKey = parameters.some(({ name }) => name === 'idempotency-key');
  const own = {
    ...(takesKey && { 'Idempotent-Replayed': { description: '`true` if this is an earlier answer.', ...textHeader } }),
    ...('304' in responses && { ETag: textHeader }),
  };
  if (Object.keys(own).length === 0) return;
  for (const [status, answer] of Object.entries(responses as Record<string, { headers?: object }>))
    if (status.startsWith('2')) answer.headers = { ...own, ...answer.headers };
}

function addRefusals(operation: Operation, path: string): void {
  const byStatus = Map.groupBy(refusalsOf(operation, path), (code) => problems[code].status);
  for (const status of Object.keys(operation.responses)) if (/^[45]/.test(status)) delete operation.responses[status];
  for (const [status, codes] of [...byStatus].toSorted(([one], [other]) => one - other)) {
    operation.responses[String(status)] = {
      description: codes.map((code) => `\`${code}\` ${problems[code].title}`).join('; '),
      ...(withRetryAfter.has(status)
        ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
        : {}),
      content: {
        'application/problem+json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Problem' },
              { type: 'object', properties: { code: { type: 'string', enum: codes } } },
            ],
          },
        },
      },
    };
  }
}
