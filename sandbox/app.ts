import { Hono } from 'hono';
import { beaconRoutes } from './beacon/beacon-routes.ts';
import { partyRoutes } from './control/party-routes.ts';
import { paymentRoutes } from './control/payment-routes.ts';
import { ruleRoutes } from './control/rule-routes.ts';
import { settingRoutes } from './control/setting-routes.ts';
import { sendMessageRoutes } from './graph/send-message.ts';
import { listTemplateRoutes } from './graph/list-templates.ts';
import { submitTemplateRoutes } from './graph/submit-template.ts';
import { uploadMediaRoutes } from './graph/upload-media.ts';
import { gatewayControlRoutes } from './message-gateways/control-routes.ts';
import { gatewayRoutes } from './message-gateways/routes.ts';
import { coreRoutes } from './midtrans/core/core.ts';
import { redirectionRoutes } from './midtrans/snap/redirection.ts';
import { snapRoutes } from './midtrans/snap/snap.ts';
import { pageRoutes } from './page/page-routes.ts';
import { readRoutes } from './read-routes.ts';
import type { World } from './world.ts';

const bodyBytesMax = 20 * 1_048_576;

/** Every address of the sandbox. */
export function createApp(world: World): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (Number(context.req.header('content-length') ?? 0) > bodyBytesMax)
      return context.json({ errors: ['body too large'] }, 413);
    return next();
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.route('/midtrans', snapRoutes(world.midtrans));
  app.route('/midtrans', coreRoutes(world.midtrans));
  app.route('/midtrans', redirectionRoutes(world.midtrans));
  app.route('/graph', sendMessageRoutes(world.graph));
  app.route('/graph', uploadMediaRoutes(world.graph));
  app.route('/graph', listTemplateRoutes(world.graph));
  app.route('/graph', submitTemplateRoutes(world.graph));
  app.route('/', gatewayRoutes(world.gateways));
  app.route('/beacon', beaconRoutes(world.beacon));
  app.route('/', world.webhookSink.routes);
  app.route('/control', ruleRoutes(world));
  app.route('/control', paymentRoutes(world.midtrans));
  app.route('/control', partyRoutes(world));
  app.route('/control', gatewayControlRoutes(world.gateways));
  app.route('/control', settingRoutes(world));
  app.route('/', readRoutes(world));
  app.route('/', pageRoutes(world));
  app.notFound((context) => context.json({ errors: [`no such address: ${context.req.path}`] }, 404));
  app.onError((error, context) => {
    world.journal.append({ kind: 'sandbox.error', path: context.req.path, message: error.message });
    return context.json({ errors: [error.message] }, 500);
  });
  return app;
}
