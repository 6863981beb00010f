import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import type { Config } from '../../config.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { paymentAccountNotFound } from '../errors.ts';
import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../gateways/registry.ts';
import type { GuardedGateway } from '../gateways/gateway.ts';
import { accountTestSchema, paymentAccountSchema } from '../schemas.ts';
import { accountOperations } from './operations.ts';
import { findAccount } from './queries.ts';
import { setPaymentAccount } from './set-payment-account.ts';
import { testAccount } from './test-account.ts';

export type AccountRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly actors: Actors;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
  readonly gateway: GuardedGateway;
};

function contracts(deps: AccountRoutesDeps, gateway: GatewayPlugin) {
  const owner = forStaff(deps, 'owner', 'Payment accounts');
  const account = answer(paymentAccountSchema, 'The account; its keys are never shown.');
  const operations = accountOperations(gateway);
  const path = `/v1/organizers/{slug}/payment-accounts/${gateway.name}`;
  return {
    set: createRoute({
      ...owner.json,
      method: 'put',
      path,
      operationId: operations.set,
      summary: `Set the account at ${gateway.title}`,
      description:
        'Keys of the same account can be changed at any time, another account can be set only while no payment is open.',
      request: { params: organizerParams, body: body(gateway.account.form) },
      responses: { 200: account, ...problems(400, 401, 403, 404, 409, 415) },
    }),
    show: createRoute({
      ...owner.plain,
      method: 'get',
      path,
      operationId: operations.show,
      summary: `Show the account at ${gateway.title}`,
      request: { params: organizerParams },
      responses: { 200: account, ...problems(400, 401, 403, 404) },
    }),
    test: createRoute({
      ...owner.plain,
      method: 'post',
      path: `${path}/tests`,
      operationId: operations.test,
      summary: `Test whether ${gateway.title} accepts the keys of the account`,
      description: `Asks ${gateway.title} about a payment that does not exist. No money moves.`,
      request: { params: organizerParams },
      responses: { 200: answer(accountTestSchema, 'What came of it.'), ...problems(400, 401, 403, 404) },
    }),
  };
}

/** The operations of each gateway: setting an organiser's account, showing what is set, and testing it. */
export function accountRoutes(deps: AccountRoutesDeps) {
  const router = createRouter<ActorEnv>();
  for (const gateway of gatewayPlugins) {
    const routes = contracts(deps, gateway);
    router.openapi(routes.set, async (c) => {
      const account = await setPaymentAccount(deps, { actor: c.var.actor, gateway, form: c.req.valid('json') });
      return c.json({ gateway: gateway.name, ...account, updatedAt: account.updatedAt.toISOString() }, 200);
    });
    router.openapi(routes.show, async (c) => {
      const account = await findAccount(deps.db, gateway.name, { organizerId: c.var.actor.organizerId });
      if (account === undefined) throw paymentAccountNotFound();
      const { merchantId, buyerPaysFee, updatedAt } = account;
      return c.json({ gateway: gateway.name, merchantId, buyerPaysFee, updatedAt: updatedAt.toISOString() }, 200);
    });
    router.openapi(routes.test, async (c) => {
      const { ENCRYPTION_KEY: encryptionKey } = deps.config;
      return c.json(await testAccount({ ...deps, encryptionKey }, { actor: c.var.actor, gateway }), 200);
    });
  }
  return router;
}
