import type { GatewayPlugin } from '../../../src/payments/gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../../../src/payments/gateways/registry.ts';
import { dryRun } from './dry-run-gateway.ts';

/** Adds the dry-run gateway to the registry. To be imported first, because other modules read the registry when they are loaded. */

(gatewayPlugins as unknown as GatewayPlugin[]).push(dryRun);
