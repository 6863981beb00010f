import type { GatewayPlugin } from './gateway-plugin.ts';
import { midtrans } from './midtrans/plugin.ts';

/**
 * Every payment gateway of the service. A new attempt goes to the first one that takes its money and at which the
 * organiser has an account.
 */
export const gatewayPlugins: readonly [GatewayPlugin, ...GatewayPlugin[]] = [midtrans];
