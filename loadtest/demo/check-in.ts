import { randomUUID } from 'node:crypto';
import type { DemoEvent } from './browse.ts';
import { type Step, type Story, at, call, demoUser, expectThat } from './http.ts';
import type { DemoTicket } from './receive.ts';

export async function checkIn(
  story: Story,
  step: Step,
  { event, ticket }: { event: DemoEvent; ticket: DemoTicket | undefined },
): Promise<void> {
  const token = await step('staff signs in at the door', async () => {
    const reply = await call(`${story.api}/v1/sessions`, { method: 'POST', body: demoUser('staff') });
    expectThat(reply.status < 300, `sign-in answered ${reply.status} ${JSON.stringify(reply.body)}`);
    return String(at(reply.body, 'accessToken'));
  });
  const scan = (code: string, scanId: string = randomUUID()) =>
    call(`${story.api}/v1/check-ins`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: { eventId: event.id, code, scanId },
    });
  const code = ticket?.code ?? '';
  const scanId = randomUUID();
  await step('the first scan admits', async () => {
    const reply = await scan(code, scanId);
    expectThat(at(reply.body, 'result') === 'admitted', `the scan said ${JSON.stringify(reply.body)}`);
  });
  await step('the same scan sent again gets the same answer', async () => {
    const reply = await scan(code, scanId);
    expectThat(at(reply.body, 'result') === 'admitted', `the repeated scan said ${JSON.stringify(reply.body)}`);
  });
  await step('a second scan says already used, when and where', async () => {
    const reply = await scan(code);
    expectThat(
      at(reply.body, 'result') === 'already_used' && at(reply.body, 'firstAdmission', 'at') !== undefined,
      `the second scan said ${JSON.stringify(reply.body)}`,
    );
  });
  await step('a made-up code is invalid', async () => {
    const reply = await scan('0'.repeat(26));
    expectThat(
      reply.status === 200 && at(reply.body, 'result') === 'invalid',
      `the made-up code said ${JSON.stringify(reply.body)}`,
    );
  });
}
