import { Hono } from 'hono';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import { readJson } from '../../http/contract/json-body.ts';
import { hasOperatorToken } from '../../http/server/operator-token.ts';
import { type ProblemCatalogue, handleError } from '../../http/problem.ts';
import { inputFaults } from '../../http/contract/router.ts';
import { requestInvalid } from '../../platform/errors.ts';
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
  app.use('/switches/*', async (c, next) => {
    if (!hasOperatorToken(c, deps.token)) return c.json({ status: 'not allowed' }, 401);
    return next();
  });
  app.get('/switches', async (c) => c.json({ data: presentSwitches(await listSwitchRows(deps.db)) }));
  app.put('/switches/:name', async (c) => {
    const parsed = turnSchema.safeParse(await readJson(hotRequestOfContext(c), bodyBytesMax));
    if (!parsed.success) throw requestInvalid(inputFaults(parsed.error));
    const { until, ...turn } = parsed.data;
    const name = c.req.param('name');
    await turnSwitch(deps, { ...turn, name, until: until === undefined ? undefined : new Date(until) });
    await deps.switches.refresh();
    // The table has the person and the reason. No log gets what people type.
    deps.log.warn({ switch: name, on: turn.on, event: turn.event }, 'a switch was turned');
    return c.json({ data: presentSwitches(await listSwitchRows(deps.db)) });
  });
  return app;
}
