import type { Db } from '../../platform/database/db.ts';
import { type GatewayPlugin, takesMoney } from '../gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../gateways/registry.ts';
import { findGateways } from './queries.ts';

/**
 * The gateway of a new attempt: the first in the registry that takes the order's money and at which the organiser has
 * an account. If there is none, it is the first in the registry, where the attempt then fails with the reason.
 */
export async function chooseGateway(
  db: Db,
  order: { readonly organizerId: string; readonly total: number; readonly currency: string },
): Promise<GatewayPlugin> {
  const [first, ...others] = gatewayPlugins;
  // A single gateway needs no query.
  if (others.length === 0) return first;
  const accounts = await findGateways(db, order.organizerId);
  const money = { amount: order.total, currency: order.currency };
  const fits = (plugin: GatewayPlugin) =>
    takesMoney(plugin, money) && accounts.some(({ gateway }) => gateway === plugin.name);
  return gatewayPlugins.find(fits) ?? first;
}
