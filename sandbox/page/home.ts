import { html } from 'hono/html';
import { paymentFacts } from '../midtrans/snap/payment-types.ts';
import { isOpen, type Transaction } from '../midtrans/state.ts';
import type { Mail } from '../smtp/inbox.ts';
import type { JournalRecord } from '../journal.ts';
import type { World } from '../world.ts';
import { button, clockTime, layout, rupiah, type Html } from './layout.ts';
import { createWordsOf, whatsappCard } from './whatsapp-card.ts';

const shown = 20;
const logShown = 40;

/** The one page: payments, mails, messages and the tail of the log. `watch` reloads it every three seconds. */
export function homePage(world: World, watch: boolean): Html {
  const transactions = firstOf(world.midtrans.transactions.newest(), shown);
  const mails = world.inbox.newest().slice(0, shown);
  const messages = [...world.graph.messages.values()].reverse().slice(0, shown);
  const wordsOf = createWordsOf(world.graph.senders, world.whatsappTexts);
  const lines = world.journal.lines().slice(-logShown).toReversed();
  return layout(
    'antre sandbox',
    html`<p class="soft">
        The outside world on one machine: pay here, read the mails and WhatsApp messages here.
        ${watch ? html`<a href="/">Stop reloading</a>` : html`<a href="/?watch=1">Reload every 3 s</a>`}
      </p>
      <h2>Payments <small>newest ${transactions.length} of ${world.midtrans.transactions.size()}</small></h2>
      ${transactions.length === 0 ? nothing('No payment yet: place an order.') : transactions.map(paymentCard)}
      <h2>Mails <small>newest ${mails.length}</small></h2>
      ${mails.length === 0 ? nothing('No mail yet.') : mails.map(mailCard)}
      <h2>WhatsApp <small>newest ${messages.length}</small></h2>
      ${messages.length === 0 ? nothing('No message yet.') : messages.map((message) => whatsappCard(message, wordsOf))}
      <h2>Log <small>newest first</small></h2>
      <div class="card">${lines.length === 0 ? 'Nothing happened yet.' : html`<pre>${lines.map(logLine).join('\n')}</pre>`}</div>`,
    watch ? 3 : undefined,
  );
}

function paymentCard(transaction: Transaction): Html {
  const { orderId, status, paymentType } = transaction;
  const act = (name: string): string => `/page/payments/${encodeURIComponent(orderId)}/${name}`;
  const steps = isOpen(transaction)
    ? [
        button('Pay by QRIS', act('pay'), { method: 'qris' }, 'main'),
        button('Pay by BCA', act('pay'), { method: 'bca_va' }),
        button('Pay by card', act('pay'), { method: 'credit_card' }),
        button('Deny', act('deny')),
        button('Expire', act('expire')),
      ]
    : [
        status === 'expire' || status === 'cancel' ? button('Pay late', act('pay'), { late: 'true' }) : '',
        status === 'settlement' ? button('Refund', act('refund')) : '',
        status === 'settlement' ? button('Reverse', act('reverse')) : '',
      ];
  return html`<div class="card">
    <div class="row"><strong>${orderId}</strong><span>${rupiah(transaction.grossAmount)}</span>
      <span class="tag ${look(status)}">${status}${paymentType === undefined ? '' : `, ${paymentFacts[paymentType].label}`}</span></div>
    <div class="soft">${transaction.customer.name ?? ''} ${transaction.customer.email ?? ''}, ${clockTime(transaction.createdAt)}
      ${isOpen(transaction) ? html`<a href="/midtrans/snap/v4/redirection/${transaction.token}">payment page</a>` : ''}</div>
    <div class="buttons">${steps}
      ${status === 'not_started' ? '' : [button('Duplicate callback', act('duplicate')), button('Forge a signature', act('bad_signature')), button('Forge a status', act('changed_status'))]}</div>
  </div>`;
}

function mailCard(mail: Mail): Html {
  return html`<div class="card row"><span><a href="/page/mails/${mail.id}">${mail.subject || '(no subject)'}</a><br />
      <span class="soft">to ${mail.to.join(', ')}</span></span><span class="soft">${clockTime(mail.at)}</span></div>`;
}

function logLine(record: JournalRecord): string {
  const { seq, at, kind, patch: _patch, transaction: _transaction, callback: _callback, ...rest } = record;
  const parts = Object.entries(rest).filter(([, value]) => value !== undefined);
  const text = parts
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${seq} ${clockTime(at)} ${kind} ${text}`.slice(0, 400);
}

function look(status: string): string {
  if (status === 'settlement' || status === 'capture') return 'good';
  return status === 'pending' || status === 'not_started' ? '' : 'bad';
}

function nothing(text: string): Html {
  return html`<div class="card soft">${text}</div>`;
}

function firstOf<Value>(values: Iterable<Value>, count: number): Value[] {
  const taken: Value[] = [];
  for (const value of values) {
    if (taken.length === count) break;
    taken.push(value);
  }
  return taken;
}
