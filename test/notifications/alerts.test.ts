import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { alertRoutes } from '../../src/notifications/index.ts';
import { problems } from '../../src/problems.ts';
import { createLog } from '../../src/platform/log.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { development } from '../support/environments.ts';

/**
 * Guards that alerts reach the operators by WhatsApp without the database, once each, and that only the token's holder
 * can send them.
 */

const token = 'test-only-operations-token-0123456789abc';
const [ani, budi] = ['6281200000001', '6281200000002'];
const session = {
  kind: 'waha',
  instance: 'a',
  session: 'operators',
  apiKey: 'operators-key',
  hmacKey: 'operators-hmac',
};
const firing = {
  status: 'firing',
  labels: { alertname: 'AntreApiGone', severity: 'page' },
  annotations: { summary: 'No API process answers', runbook: 'deploy/runbook.md#antreapigone' },
  fingerprint: 'a1',
};

describe('POST /alerts', () => {
  let sandbox: Sandbox;
  const configWith = (given: Record<string, string>) =>
    loadConfig({ ...development, WAHA_INSTANCES: `a=${sandbox.url}/waha`, ...given });
  const routes = (given: Record<string, string> = {}) =>
    alertRoutes({
      config: configWith({
        ALERT_WHATSAPP_SENDER: JSON.stringify(session),
        ALERT_WHATSAPP_TO: `${ani}, ${budi}`,
        ...given,
      }),
      log: createLog({ level: 'silent', process: 'test' }),
      problems,
      token,
    });
  const connect = (isConnected: boolean) =>
    fetch(`${sandbox.url}/control/gateways/waha/operators`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret: session.apiKey, isConnected }),
    });
  const post = (app: ReturnType<typeof routes>, body: unknown, bearer = token) =>
    app.request('/alerts', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
  const notice = (...alerts: readonly unknown[]) => ({
    version: '4',
    groupKey: `{}:{alertname="AntreApiGone"} ${Math.random()}`,
    commonLabels: { severity: 'page' },
    alerts,
  });
  const received = async (to: string | undefined) => {
    const answer = await fetch(`${sandbox.url}/gateways/messages?to=${to}`);
    return ((await answer.json()) as { data: { text: string }[] }).data.map(({ text }) => text);
  };
  const until = (to: string | undefined) => received(to).then(({ length }) => length);

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, smtpPort: 0 });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => connect(true));

  it('tells every operator once, also when Alertmanager repeats the notice', async () => {
    const app = routes();
    const before = await until(budi);
    const group = notice(firing, { ...firing, fingerprint: 'a2', status: 'resolved' });
    expect((await post(app, group)).status).toBe(204);
    expect((await post(app, group)).status).toBe(204);
    const [text] = await received(ani);
    expect(text).toBe(
      '1 firing, 1 ended (page)\n! No API process answers\n  deploy/runbook.md#antreapigone\nok No API process answers',
    );
    expect((await until(budi)) - before).toBe(1);
  });

  it('answers 503 while the phone is not connected, and sends the same notice later', async () => {
    const app = routes();
    const before = await until(ani);
    const group = notice(firing);
    await connect(false);
    expect((await post(app, group)).status).toBe(503);
    await connect(true);
    expect((await post(app, group)).status).toBe(204);
    expect((await until(ani)) - before).toBe(1);
  });

  it('refuses a wrong token, a body that is no notice, and shows at most eight alerts', async () => {
    const app = routes();
    expect((await post(app, notice(firing), 'x'.repeat(40))).status).toBe(401);
    expect((await post(app, { alerts: [] })).status).toBe(400);
    const many = Array.from({ length: 30 }, (_, place) => ({ ...firing, fingerprint: String(place) }));
    expect((await post(app, notice(...many))).status).toBe(204);
    const [text = ''] = await received(ani);
    expect(text.split('\n')).toHaveLength(1 + 8 * 2 + 1);
    expect(text).toContain('and 22 more');
  });

  it('does not exist without a sender, and a wrong one is refused at the start', async () => {
    const none = routes({ ALERT_WHATSAPP_SENDER: '', ALERT_WHATSAPP_TO: '' });
    expect((await post(none, notice(firing))).status).toBe(404);
    expect(() => routes({ ALERT_WHATSAPP_TO: '' })).toThrow(ConfigError);
    expect(() => routes({ ALERT_WHATSAPP_SENDER: '{"kind":"waha"}' })).toThrow('must be the JSON of a sender');
    expect(() => routes({ WAHA_INSTANCES: `b=${sandbox.url}` })).toThrow('WAHA_INSTANCES');
    expect(() => routes({ ALERT_WHATSAPP_TO: '0812' })).toThrow('digits with the country code');
  });
});
