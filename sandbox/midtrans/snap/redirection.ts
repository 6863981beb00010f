import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { generate } from 'lean-qr';
import { button, layout, rupiah, type Html } from '../../page/layout.ts';
import { expireIfDue } from '../expire-due.ts';
import type { Midtrans } from '../midtrans.ts';
import { payTo } from '../notifications/notification-body.ts';
import { isOffered, paymentFacts, paymentTypes, type PaymentType } from './payment-types.ts';
import { chooseMethod, deny, expire, pay, type Refusal } from '../settle.ts';
import { isOpen, type Transaction } from '../state.ts';
import { wibTime } from '../wib-time.ts';

const quietModules = 4;

/** The page behind `redirect_url`: the buyer picks a method, sees how to pay, pays, is denied or lets it expire. */
export function redirectionRoutes(midtrans: Midtrans): Hono {
  const path = '/snap/v4/redirection/:token';
  const withTransaction = (context: Context, act: (transaction: Transaction) => Response | Promise<Response>) => {
    const transaction = midtrans.transactions.byToken(context.req.param('token') ?? '');
    if (transaction === undefined)
      return context.html(layout('Unknown payment', html`<p>This payment link is no longer valid.</p>`), 404);
    expireIfDue(midtrans, transaction);
    return act(transaction);
  };

  return new Hono()
    .get(path, (context) =>
      withTransaction(context, (transaction) => context.html(paymentPage(transaction, context.req.path))),
    )
    .post(`${path}/:act`, async (context) => {
      const form = await context.req.parseBody();
      const method = paymentTypes.find((type) => type === form['method']);
      return withTransaction(context, (transaction) => {
        const refusal = perform(midtrans, transaction, context.req.param('act'), method);
        const back = context.req.path.replace(/\/[^/]*$/, '');
        return context.redirect(
          refusal === undefined ? back : `${back}?refused=${encodeURIComponent(refusal.refused)}`,
          303,
        );
      });
    });
}

function perform(
  midtrans: Midtrans,
  transaction: Transaction,
  act: string,
  method: PaymentType | undefined,
): Refusal | undefined {
  if (act === 'choose') return chooseMethod(midtrans, transaction, method ?? 'qris');
  if (act === 'pay') return pay(midtrans, transaction, method === undefined ? {} : { method });
  if (act === 'deny') return deny(midtrans, transaction);
  if (act === 'expire') return expire(midtrans, transaction);
  return { refused: 'no such step' };
}

function paymentPage(transaction: Transaction, path: string): Html {
  const finish = transaction.finishUrl;
  return layout(
    `Pay ${transaction.orderId}`,
    html`<div class="card">
        <div class="row"><strong>${rupiah(transaction.grossAmount)}</strong><span class="tag">${transaction.status}</span></div>
        <p class="soft">Order ${transaction.orderId}, to be paid before ${wibTime(transaction.expiresAt)} WIB</p>
        <dl>${transaction.items.map((item) => html`<dt>${item.quantity} x</dt><dd>${item.name}, ${rupiah(item.price)}</dd>`)}</dl>
      </div>
      ${transaction.status === 'not_started' ? methodChoice(transaction, path) : ''}
      ${transaction.status === 'pending' ? instructions(transaction, path) : ''}
      ${isOpen(transaction) ? html`<div class="buttons">${button('Let the bank refuse', `${path}/deny`)} ${button('Let it expire', `${path}/expire`)}</div>` : ''}
      ${finish === undefined ? '' : html`<p><a href="${finish}">Back to the shop</a></p>`}`,
  );
}

function methodChoice(transaction: Transaction, path: string): Html {
  const offered = paymentTypes.filter((type) => isOffered(type, transaction.enabledPayments));
  return html`<h2>Pick a method</h2>
    ${offered.map(
      (method) => html`<div class="card row"><span>${paymentFacts[method].label}</span>
        <span class="buttons">${button('Show how to pay', `${path}/choose`, { method })} ${button('Pay at once', `${path}/pay`, { method }, 'main')}</span></div>`,
    )}`;
}

function instructions(transaction: Transaction, path: string): Html {
  const method = transaction.paymentType ?? 'qris';
  const scannable = method === 'qris' || method === 'gopay';
  return html`<h2>${paymentFacts[method].label}</h2>
    <div class="card">
      ${scannable ? qrImage(payTo(transaction)) : html`<p>${payTo(transaction)}</p>`}
      <div class="buttons">${button('I have paid', `${path}/pay`, {}, 'main')}</div>
    </div>`;
}

/** The text as a QR code, an inline SVG. */
function qrImage(text: string): Html {
  const code = generate(text);
  let path = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const side = code.size + 2 * quietModules;
  return html`<svg width="220" height="220" role="img" aria-label="QR code" style="background:#fff"
    viewBox="${-quietModules} ${-quietModules} ${side} ${side}"><path d="${path}" fill="#000" shape-rendering="crispEdges" /></svg>`;
}
