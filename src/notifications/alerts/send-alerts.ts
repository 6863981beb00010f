import { LRUCache } from 'lru-cache';
import type { Log } from '../../platform/log.ts';
import { alertMessages } from '../metrics.ts';
import type { AlertSender } from './alert-sender.ts';
import type { AlertNotice } from './schemas.ts';

export type SendAlertsDeps = { readonly sender: AlertSender; readonly sent: SentNotices; readonly log: Log };

/** Notices that were sent lately, by recipient. Alertmanager repeats a notice to all recipients if one failed. */
export type SentNotices = LRUCache<string, true>;

const rememberedMs = 5 * 60_000;
const rememberedMax = 1000;
const alertsShownMax = 8;
const summaryMax = 300;

export function rememberSentNotices(): SentNotices {
  return new LRUCache({ max: rememberedMax, ttl: rememberedMs });
}

/**
 * Tells every operator about a group of alerts, in one text each.
 * @returns how many recipients it certainly did not reach; they may be tried again with the same notice
 */
export async function sendAlerts(deps: SendAlertsDeps, notice: AlertNotice, signal: AbortSignal): Promise<number> {
  const text = alertText(notice);
  const results = await Promise.all(deps.sender.recipients.map((to) => tell(deps, notice, { to, text }, signal)));
  return results.filter((reached) => !reached).length;
}

async function tell(
  { sender, sent, log }: SendAlertsDeps,
  notice: AlertNotice,
  { to, text }: { readonly to: string; readonly text: string },
  signal: AbortSignal,
): Promise<boolean> {
  const states = notice.alerts.map(({ fingerprint, status }) => `${fingerprint}:${status}`);
  const key = [to, notice.groupKey, ...states.toSorted()].join(' ');
  if (sent.has(key)) return true;
  const answer = await sender.send(to, text, signal);
  alertMessages.inc({ result: answer.kind });
  // A text that may have been accepted is not sent again, because nobody reads the tenth copy of an alert.
  const mayHaveArrived = answer.kind === 'accepted' || answer.kind === 'unknown';
  if (mayHaveArrived) sent.set(key, true);
  if (answer.kind !== 'accepted') log.error({ failure: answer.failure }, 'an alert was not sent by WhatsApp');
  return mayHaveArrived;
}

/** `2 firing (page)`, then one line per alert, with the page of the runbook. */
function alertText({ alerts, commonLabels }: AlertNotice): string {
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const counts = [
    firing > 0 ? `${firing} firing` : '',
    firing < alerts.length ? `${alerts.length - firing} ended` : '',
  ];
  const severity = commonLabels['severity'];
  const heading = `${counts.filter((part) => part !== '').join(', ')}${severity === undefined ? '' : ` (${severity})`}`;
  const lines = alerts.slice(0, alertsShownMax).map(({ status, labels, annotations }) => {
    const words = annotations['summary'] ?? labels['alertname'] ?? 'an alert without a name';
    const runbook = status === 'firing' ? annotations['runbook'] : undefined;
    return `${status === 'firing' ? '!' : 'ok'} ${words.slice(0, summaryMax)}${runbook === undefined ? '' : `\n  ${runbook}`}`;
  });
  const more = alerts.length > alertsShownMax ? [`and ${alerts.length - alertsShownMax} more`] : [];
  return [heading, ...lines, ...more].join('\n');
}
