import { Hono } from 'hono';
import { readJson } from '../../http/contract/json-body.ts';
import { parseInput } from '../../http/contract/router.ts';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import { type ProblemCatalogue, handleError } from '../../http/problem.ts';
import { operatorOnly } from '../../http/server/operator-token.ts';
import type { Log } from '../../platform/log.ts';
import { type AlertConfig, createAlertSender } from './alert-sender.ts';
import { alertNotice } from './schemas.ts';
import { rememberSentNotices, sendAlerts } from './send-alerts.ts';

const bodyBytesMax = 1024 * 1024;
/** Alertmanager gives up after its group interval; a provider has ten seconds for each number. */
const sendDeadlineMs = 15_000;

/**
 * `POST /alerts` on the operations port, with the operator's token: forwards Alertmanager's notices to the operators by
 * WhatsApp, without the database. 204 if every number was reached, 503 if one was not; Alertmanager then tries again.
 * Without a sender there is no such route.
 * @throws ConfigError if the sender's variables are invalid
 */
export function alertRoutes(deps: { config: AlertConfig; log: Log; problems: ProblemCatalogue; token: string }): Hono {
  const { config, log, token } = deps;
  const app = new Hono();
  const sender = createAlertSender(config);
  if (sender === undefined) return app;
  const sent = rememberSentNotices();
  app.onError(handleError(deps.problems, log));
  app.post('/alerts', operatorOnly(token), async (c) => {
    const notice = parseInput(alertNotice, await readJson(hotRequestOfContext(c), bodyBytesMax));
    const missed = await sendAlerts({ sender, sent, log }, notice, AbortSignal.timeout(sendDeadlineMs));
    return missed === 0 ? c.body(null, 204) : c.json({ status: 'not sent', missed }, 503);
  });
  return app;
}
