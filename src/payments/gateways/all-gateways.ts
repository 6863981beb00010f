import type { z } from 'zod';
import { invariant } from '../../platform/assert.ts';
import type { GatewayConfig, GatewayPlugin } from './gateway-plugin.ts';
import { gatewayPlugins } from './registry.ts';

/** The gateway that a row names. */
export function gatewayOf({ gateway }: { readonly gateway: string }): GatewayPlugin {
  const plugin = gatewayPlugins.find(({ name }) => name === gateway);
  invariant(plugin !== undefined, 'a row names a gateway of the registry');
  return plugin;
}

/** The methods that a buyer may choose. `any`: the gateway's page offers all that fit the remaining time. */
export const paymentMethods: readonly string[] = [
  ...new Set(['any', ...gatewayPlugins.flatMap(({ methods }) => methods)]),
];

/** The highest total of an order that some gateway takes, by currency, in minor units. */
export const totalMaxes: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ...Map.groupBy(
      gatewayPlugins.flatMap(({ takes }) => takes),
      ({ currency }) => currency,
    ),
  ].map(([currency, limits]) => [currency, Math.max(...limits.map(({ max }) => max))]),
);

/** Payments made per second for one organiser: as many as the slowest gateway allows. */
export function paymentsPerSecond(config: GatewayConfig): number {
  return Math.min(...gatewayPlugins.map((plugin) => plugin.createsPerSecond(config)));
}

/** The variables of all gateways, for the schema of the configuration. */
export const gatewayVariables: Readonly<Record<string, z.ZodType>> = Object.assign(
  {},
  ...gatewayPlugins.map(({ variables }) => variables),
);

/**
 * Names of the variables whose address moves real money: by default each gateway's own address.
 * @param given the environment
 */
export function realMoneyAt(given: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(gatewayVariables).flatMap(([name, schema]) => {
    if (!name.endsWith('_URL')) return [];
    const [real, used] = [schema.parse(undefined), given[name] ?? schema.parse(undefined)].map(hostOf);
    return used === real ? [name] : [];
  });
}

function hostOf(address: unknown): string {
  const text = String(address);
  return URL.canParse(text) ? new URL(text).hostname.replace(/\.$/, '') : text;
}
