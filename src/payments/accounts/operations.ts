import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../gateways/registry.ts';

/** The ids of a gateway's operations in the contract. */
export function accountOperations({ title }: GatewayPlugin) {
  return { set: `set${title}Account`, show: `show${title}Account`, test: `test${title}Account` };
}

/** The refusals of every gateway's account operations, for the published contract. */
export const accountRefusals: Readonly<
  Record<string, readonly ('payment_account.not_found' | 'payment_account.payments_open')[]>
> = Object.fromEntries(
  gatewayPlugins.map(accountOperations).flatMap(({ set, show, test }) => [
    [set, ['payment_account.payments_open']],
    [show, ['payment_account.not_found']],
    [test, ['payment_account.not_found']],
  ]),
);

/** The body of each operation that sets an account, for the published contract. */
export const accountExamples: Readonly<Record<string, unknown>> = Object.fromEntries(
  gatewayPlugins.map((gateway) => [accountOperations(gateway).set, gateway.account.example]),
);
