import { type Step, type Story, at, expectThat, listOf, call, until } from './http.ts';
import type { DemoOrder } from './place.ts';

export type DemoTicket = { readonly id: string; readonly code: string };

export async function receive(story: Story, step: Step, order: DemoOrder): Promise<DemoTicket[]> {
  const headers = { authorization: `Bearer ${order.accessToken}` };
  const tickets = await step('two tickets were issued, each once', async () => {
    const reply = await call(`${story.api}/v1/orders/${order.id}/tickets`, { headers });
    const data = listOf(reply.body).map((one) => ({ id: String(at(one, 'id')), code: String(at(one, 'code')) }));
    expectThat(
      data.length === 2 && new Set(data.map((ticket) => ticket.code)).size === 2,
      `tickets: ${JSON.stringify(data.length)}`,
    );
    return data;
  });
  await step('the mail with the tickets is in the inbox, with the QR inside, once', async () => {
    const list = () => call(`${story.sandbox}/inbox?to=${encodeURIComponent(order.email)}`);
    const mail = await until(15, 'no mail came', async () => listOf((await list()).body)[0]);
    const whole = await call(`${story.sandbox}/inbox/${String(at(mail, 'id'))}`);
    const images = listOf({ data: at(whole.body, 'attachments') }).filter((one) => at(one, 'mimeType') === 'image/png');
    expectThat(images.length >= 1 && /cid:/.test(String(at(whole.body, 'html'))), 'the mail has no inline QR');
    expectThat(listOf((await list()).body).length === 1, 'more than one mail came');
  });
  await step('the WhatsApp message came', async () => {
    const to = order.phone.replace('+', '');
    await until(15, 'no WhatsApp message came', async () => {
      const reply = await call(`${story.sandbox}/whatsapp/messages?to=${to}`);
      return listOf(reply.body)[0];
    });
  });
  await step('QR image, PDF and calendar are there', async () => {
    const base = `${story.api}/v1/orders/${order.id}`;
    for (const [path, type] of [
      [`/tickets/${tickets[0]?.id}/qr.svg`, 'image/svg'],
      ['/tickets.pdf', 'application/pdf'],
      ['/calendar.ics', 'text/calendar'],
    ] as const) {
      const reply = await call(`${base}${path}`, { headers });
      expectThat(
        reply.status === 200 && (reply.headers.get('content-type') ?? '').startsWith(type),
        `${path} answered ${reply.status}`,
      );
    }
  });
  return tickets;
}
