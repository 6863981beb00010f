import { Hono } from 'hono';
import { assetPath } from '../files/assets.ts';
import { deadLetterPages } from './dead-letters.ts';
import { organizerPages } from './organizers.ts';
import { type OperatorDeps, addOperatorPage } from './page.ts';
import { showSwitches, turn } from './switches.ts';

/**
 * The operator's pages, on the operations port: switches, dead letters, and organizers. They can do what the routes of
 * the operations port can, and nothing else, and work without script.
 */
export function operatorPages(deps: OperatorDeps): Hono {
  const routes = new Hono();
  addOperatorPage(deps, routes, '/operator', showSwitches, { turn });
  deadLetterPages(deps, routes);
  organizerPages(deps, routes);
  routes.get(`${assetPath}/:file`, async (c) => {
    const file = (await deps.assetsOnce()).file(c.req.param('file'));
    if (file === undefined) return c.notFound();
    return c.body(new Uint8Array(file.variants.identity.body), 200, { 'content-type': file.type });
  });
  return routes;
}
