import { Hono } from 'hono';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import { readJson } from '../../http/contract/json-body.ts';
import { operatorOnly } from '../../http/server/operator-token.ts';
import { type ProblemCatalogue, handleError } from '../../http/problem.ts';
import { parseInput } from '../../http/contract/router.ts';
import type { Log } from '../../platform/log.ts';
import { listSwitchRows } from './queries.ts';
import { presentSwitches, turnSchema } from './schemas.ts';
import type { Switches } from './switches.ts';
import { type TurnSwitchDeps, turnSwitch } from './turn-switch.ts';

const bodyBytesMax = 4096;

/**
 * `GET /switches` and `PUT /switches/{name}` on the operations port, with the operator's token. The body is `{ "on",
 * "event"?, "reason", "by", "until"? }`; without an event the switch applies to all events.
 */
export function switchRoutes(
  deps: TurnSwitchDeps & { switches: Pick<Switches, 'refresh'>; log: Log; problems: ProblemCatalogue; token: string },
): Hono {
  const app = new Hono();
  app.onError(handleError(deps.problems, deps.log));
  app.use('/switches/*', operatorOnly(deps.token));
  app.get('/switches', async (c) => c.json({ data: presentSwitches(await listSwitchRows(deps.db)) }));
  app.put('/switches/:name', async (c) => {
    const { until, ...turn } = parseInput(turnSchema, await readJson(hotRequestOfContext(c), bodyBytesMax));
    const name = c.req.param('name');
    await turnSwitch(deps, { ...turn, name, until: until === undefined ? undefined : new Date(until) });
    await deps.switches.refresh();
    // The table has the person and the reason. No log gets what people type.
    deps.log.warn({ switch: name, on: turn.on, event: turn.event }, 'a switch was turned');
    return c.json({ data: presentSwitches(await listSwitchRows(deps.db)) });
  });
  return app;
}
