import { expect } from 'vitest';

/** The messages at Alertmanager's receivers: the mail inbox, the phone and the webhook sink of the sandbox. */

type Status = 'firing' | 'resolved';
type SinkNotice = {
  readonly alerts: readonly {
    readonly status: Status;
    readonly labels: { readonly alertname: string; readonly part?: string };
  }[];
};

const arrivesWithinMs = 90_000;
const pollMs = 500;

export function alertInboxes(sandboxUrl: string) {
  const read = async <Item>(path: string): Promise<readonly Item[]> => {
    const answer = await fetch(`${sandboxUrl}${path}`);
    return ((await answer.json()) as { data: readonly Item[] }).data;
  };
  const mails = async (alert: string, status: Status) => {
    const found = await read<{ subject: string }>(`/inbox?limit=500&subject=${encodeURIComponent(alert)}`);
    // One name may be the beginning of another.
    return found.filter(({ subject }) => new RegExp(`^\\[${status.toUpperCase()}[:\\d]*\\] ${alert}\\b`).test(subject))
      .length;
  };
  const noticed = async (alert: string, status: Status) => {
    const bodies = await read<{ body: string }>('/webhook-sink/alerts');
    return bodies
      .flatMap(({ body }) => (JSON.parse(body) as SinkNotice).alerts)
      .filter((one) => one.status === status && one.labels.alertname === alert);
  };
  const notices = async (alert: string, status: Status) => (await noticed(alert, status)).length;
  const texts = async (words: string) => {
    const found = await read<{ text: string }>('/gateways/messages?account=operators&limit=500');
    return found.filter(({ text }) => text.includes(words)).length;
  };
  return {
    notices,
    /** Waits until every alert has arrived by mail and by webhook with this status. */
    async expectAll(alerts: readonly string[], status: Status): Promise<void> {
      const missing = async () => {
        const counts = await Promise.all(
          alerts.map(async (alert) => [alert, await mails(alert, status), await notices(alert, status)] as const),
        );
        return counts.filter(([, mail, notice]) => mail === 0 || notice === 0);
      };
      await expect.poll(missing, { timeout: arrivesWithinMs, interval: pollMs, message: status }).toEqual([]);
    },
    /** Waits until this alert has arrived by webhook with this status for each of the parts. */
    async expectParts(alert: string, parts: readonly string[], status: Status): Promise<void> {
      const missing = async () => {
        const found = (await noticed(alert, status)).map(({ labels }) => labels.part);
        return parts.filter((part) => !found.includes(part));
      };
      await expect.poll(missing, { timeout: arrivesWithinMs, interval: pollMs, message: status }).toEqual([]);
    },
    /** Waits until a text with these words has arrived at the operators' phone. */
    async expectText(words: string): Promise<void> {
      await expect.poll(() => texts(words), { timeout: arrivesWithinMs, interval: pollMs }).toBeGreaterThan(0);
    },
  };
}
