import type {
  CloseResult,
  CreateResult,
  FetchResult,
  GatewayAccount,
  PaymentGateway,
  RefundResult,
} from '../gateway.ts';
import { takesMoney } from '../gateway-plugin.ts';
import { chargeRequest } from './charge-request.ts';
import type { MidtransCredentials } from './account.ts';
import type { MidtransAnswer, MidtransCall } from './http.ts';
import { takes } from './methods.ts';
import { instructionsOf, readFact } from './read-fact.ts';
import { snapRequest } from './snap-request.ts';

type Account = GatewayAccount<MidtransCredentials>;

export type CallsOptions = {
  readonly snapUrl: string;
  readonly apiUrl: string;
  readonly callbackUrl: (account: GatewayAccount) => string;
  readonly call: MidtransCall;
};

/** Midtrans silently ignores longer keys. */
const idempotencyKeyMax = 46;
/** The shortest life that Snap gives a page, used for a page that only ends the previous one. */
const lastPageMinutes = 5;
const redirectUrlMax = 500;
/** A QRIS payload has some hundred characters; EMV allows 512. */
const qrStringMax = 512;

export function createCalls({ snapUrl, apiUrl, callbackUrl, call }: CallsOptions): PaymentGateway {
  // The host comes from our configuration and the id has our own shape, so none of their answers becomes part of an
  // address.
  const coreUrl = (attemptId: string, act: string) => `${apiUrl}/v2/${encodeURIComponent(attemptId)}/${act}`;
  const postCore = (account: Account, attemptId: string, act: string, key: string, body?: unknown) =>
    call({
      method: 'POST',
      url: coreUrl(attemptId, act),
      serverKey: account.credentials.serverKey,
      headers: { 'idempotency-key': key.slice(0, idempotencyKeyMax) },
      body: body ?? {},
    });
  const postSnap = (account: Account, body: unknown) =>
    call({
      method: 'POST',
      url: `${snapUrl}/snap/v1/transactions`,
      serverKey: account.credentials.serverKey,
      headers: { 'x-override-notification': callbackUrl(account) },
      body,
    });
  const postCharge = (account: Account, attemptId: string, body: unknown) =>
    call({
      method: 'POST',
      url: `${apiUrl}/v2/charge`,
      serverKey: account.credentials.serverKey,
      headers: { 'idempotency-key': `${attemptId}-charge`, 'x-override-notification': callbackUrl(account) },
      body,
    });
  const fetchState = async (account: Account, attemptId: string): Promise<FetchResult> =>
    stateAnswer(
      await call({ method: 'GET', url: coreUrl(attemptId, 'status'), serverKey: account.credentials.serverKey }),
      attemptId,
    );

  return {
    create: async (account: Account, request) => {
      // Snap would take the number for rupiah, whatever its currency.
      if (!takesMoney({ takes }, request)) return { kind: 'rejected', code: 'amount_not_taken' };
      const charge = chargeRequest(request);
      if (charge === undefined) return createAnswer(await postSnap(account, snapRequest(request)));
      return chargeAnswer(await postCharge(account, request.attemptId, charge));
    },
    fetch: fetchState,
    close: async (account: Account, attempt) => {
      const answer = await postCore(account, attempt.id, 'expire', `${attempt.id}-expire`);
      if (answer.kind !== 'answer') return answer;
      switch (codeOf(answer)) {
        case '407':
        case '200':
          return { kind: 'closed' };
        case '404':
          return attempt.pageOver ? { kind: 'closed' } : endPage((body) => postSnap(account, body), attempt);
        case '412':
          return refusedClosing(await fetchState(account, attempt.id));
        default:
          return { kind: 'rejected', code: codeOf(answer) };
      }
    },
    refund: async (account: Account, { attemptId, key, amount, reason }) =>
      refundAnswer(
        await postCore(account, attemptId, 'refund', `${key}-refund`, { refund_key: key, amount, reason }),
        attemptId,
      ),
    voidCapture: async (account: Account, attemptId) =>
      refundAnswer(await postCore(account, attemptId, 'cancel', `${attemptId}-cancel`), attemptId),
  };
}

/** Nobody has picked a method yet. Making the page again under the same id ends the buyer's page. */
async function endPage(
  postSnap: (body: unknown) => Promise<MidtransAnswer>,
  attempt: { readonly id: string; readonly amount: number },
): Promise<CloseResult> {
  const answer = await postSnap({
    transaction_details: { order_id: attempt.id, gross_amount: attempt.amount },
    expiry: { unit: 'minute', duration: lastPageMinutes },
  });
  if (answer.kind !== 'answer') return answer;
  if (answer.status === 201) return { kind: 'closed' };
  // A method was picked between the two calls. The next try closes the transaction itself.
  if (answer.status === 400) return { kind: 'unknown', reason: 'a method was picked meanwhile' };
  return { kind: 'rejected', code: String(answer.status) };
}

function createAnswer(answer: MidtransAnswer): CreateResult {
  if (answer.kind !== 'answer') return answer;
  if (answer.status !== 201 && answer.status !== 200) {
    const taken = JSON.stringify(answer.body['error_messages'] ?? '').includes('already');
    return { kind: 'rejected', code: taken ? 'order_id_taken' : `http_${answer.status}` };
  }
  const redirectUrl = answer.body['redirect_url'];
  if (typeof redirectUrl !== 'string' || !isPage(redirectUrl)) {
    return { kind: 'unknown', reason: 'an answer without a page' };
  }
  return { kind: 'accepted', redirectUrl };
}

/** A charge is pending with a number or a code, or it was not made. */
function chargeAnswer(answer: MidtransAnswer): CreateResult {
  if (answer.kind !== 'answer') return answer;
  const code = codeOf(answer);
  if (code === '406') return { kind: 'rejected', code: 'order_id_taken' };
  // 202: the first request with this key still runs, or the charge was refused. Only a look can tell.
  if (code === '202') return { kind: 'unknown', reason: 'under way' };
  if (code !== '201' && code !== '200') return { kind: 'rejected', code: `code_${code}` };
  const qrString = answer.body['qr_string'];
  const isCode = typeof qrString === 'string' && qrString.length <= qrStringMax && /^[\x20-\x7e]+$/.test(qrString);
  const instructions = { ...instructionsOf(answer.body), ...(isCode ? { qrString } : {}) };
  const redirectUrl = isCode ? undefined : pictureOf(answer.body['actions']);
  if (Object.keys(instructions).length === 0 && redirectUrl === undefined) {
    return { kind: 'unknown', reason: 'an answer without instructions' };
  }
  return { kind: 'accepted', instructions, redirectUrl };
}

/** The address of the QRIS code as a picture, for an account whose answers have no string to draw. */
function pictureOf(actions: unknown): string | undefined {
  if (!Array.isArray(actions)) return undefined;
  const found: unknown = actions.find(
    (action: unknown) =>
      typeof action === 'object' && action !== null && 'name' in action && action.name === 'generate-qr-code',
  );
  const url = typeof found === 'object' && found !== null && 'url' in found ? found.url : undefined;
  return typeof url === 'string' && isPage(url) ? url : undefined;
}

/** It becomes a link on the buyer's page, so it must be a URL. */
const isPage = (url: string): boolean => url.length <= redirectUrlMax && /^https?:\/\/[^\s"'<>]+$/.test(url);

function stateAnswer(answer: MidtransAnswer, attemptId: string): FetchResult {
  if (answer.kind !== 'answer') return answer;
  const code = codeOf(answer);
  if (code === '404') return { kind: 'not_started' };
  const fact = readFact(answer.body);
  if (fact !== undefined && fact.attemptId === attemptId) return { kind: 'fact', fact };
  if (code === '401' || code === '403') return { kind: 'rejected', code: `http_${code}` };
  return { kind: 'unknown', reason: `an answer ${code} that is not about this attempt` };
}

/** Called after a refused closing: finds what has happened instead. */
function refusedClosing(result: FetchResult): CloseResult {
  if (result.kind === 'not_started') return { kind: 'unknown', reason: 'refused to close what it does not know' };
  if (result.kind === 'fact' && result.fact.state === 'pending') return { kind: 'unknown', reason: 'refused to close' };
  return result;
}

function refundAnswer(answer: MidtransAnswer, attemptId: string): RefundResult {
  if (answer.kind !== 'answer') return answer;
  const code = codeOf(answer);
  switch (code) {
    case '200': {
      const orderId = answer.body['order_id'];
      return orderId === undefined || orderId === attemptId
        ? { kind: 'accepted' }
        : { kind: 'unknown', reason: 'an answer about another attempt' };
    }
    case '202':
      // Either the first request with this key still runs, or the bank has refused. Only a look can tell.
      return { kind: 'unknown', reason: 'under way' };
    case '404':
    case '406':
    case '412':
      return { kind: 'conflict' };
    case '414':
      return { kind: 'later' };
    default:
      return { kind: 'rejected', code: `code_${code}` };
  }
}

/** The body has the real status. The HTTP status counts only if the body has none. */
function codeOf(answer: { readonly status: number; readonly body: Readonly<Record<string, unknown>> }): string {
  const code = answer.body['status_code'];
  return typeof code === 'string' && /^\d{3}$/.test(code) ? code : String(answer.status);
}
