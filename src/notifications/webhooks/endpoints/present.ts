import type { SubscribableType } from '../catalogue.ts';
import type { WebhookEndpoint } from '../tables.ts';

const timeOf = (time: Date | null): string | null => time?.toISOString() ?? null;

/** An endpoint without its secrets. */
export function presentEndpoint(endpoint: WebhookEndpoint) {
  return {
    id: endpoint.id,
    url: endpoint.url,
    types: endpoint.types as SubscribableType[],
    description: endpoint.description,
    status: endpoint.status === 'active' ? ('active' as const) : ('disabled' as const),
    disabledReason: endpoint.disabledReason,
    disabledAt: timeOf(endpoint.disabledAt),
    failingSince: timeOf(endpoint.failingSince),
    pausedUntil: timeOf(endpoint.pausedUntil),
    createdAt: endpoint.createdAt.toISOString(),
  };
}
