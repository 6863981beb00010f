import { Hono } from 'hono';
import { html } from 'hono/html';
import { isMove, paymentMoves } from '../control/payment-routes.ts';
import { expireIfDue } from '../midtrans/expire-due.ts';
import { paymentTypes } from '../midtrans/snap/payment-types.ts';
import { parseMail } from '../smtp/inbox.ts';
import type { World } from '../world.ts';
import { homePage } from './home.ts';
import { layout } from './layout.ts';
import { mailPage } from './mail-page.ts';

/** The pages for people, and the buttons on them. */
export function pageRoutes(world: World): Hono {
  const { midtrans } = world;
  return new Hono()
    .get('/', (context) => context.html(homePage(world, context.req.query('watch') !== undefined)))
    .get('/page/mails/:id', async (context) => {
      const mail = world.inbox.get(context.req.param('id'));
      if (mail === undefined)
        return context.html(layout('No such mail', html`<p>This mail is no longer kept.</p>`), 404);
      const raw = world.inbox.raw(mail.id);
      return context.html(mailPage(mail, raw === undefined ? undefined : await parseMail(raw)));
    })
    .post('/page/payments/:orderId/:act', async (context) => {
      const form = await context.req.parseBody();
      const transaction = midtrans.transactions.findAnywhere(context.req.param('orderId'));
      const act = context.req.param('act');
      if (transaction === undefined)
        return context.html(layout('No such payment', html`<p>This payment is not known.</p>`), 404);
      expireIfDue(midtrans, transaction);
      const method = paymentTypes.find((type) => type === form['method']);
      if (act === 'duplicate') midtrans.notifier.repeat(transaction, 1);
      else if (act === 'bad_signature' || act === 'changed_status') midtrans.notifier.forge(transaction, act);
      else if (isMove(act)) {
        const refusal = paymentMoves[act](midtrans, transaction, {
          late: form['late'] === 'true',
          ...(method === undefined ? {} : { method }),
        });
        if (refusal !== undefined)
          return context.html(
            layout('Not possible', html`<p>Not possible: ${refusal.refused}.</p><p><a href="/">Back</a></p>`),
            409,
          );
      }
      return context.redirect('/', 303);
    });
}
