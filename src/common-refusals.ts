import type { ErrorCode } from './problems.ts';

/** The codes that an operation has because of its kind: any operation may give these, some only with a reason. */
export function commonRefusals(operation: {
  readonly hasBody: boolean;
  readonly isSecured: boolean;
  readonly isOfOrganizer: boolean;
}): readonly ErrorCode[] {
  return [
    // Also for a malformed address or header.
    'request.invalid',
    ...(operation.hasBody ? (['request.too_large', 'request.unsupported_media_type'] as const) : []),
    ...(operation.isSecured ? (['access.unauthenticated', 'access.forbidden'] as const) : []),
    ...(operation.isOfOrganizer ? (['request.not_found'] as const) : []),
    'traffic.rate_limited',
    'traffic.browse_only',
    'service.overloaded',
    'service.unavailable',
    'internal',
  ];
}
