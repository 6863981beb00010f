/** Errors of the Graph API as the wire shows them. */
const known: Readonly<Record<number, Readonly<{ status: number; message: string }>>> = {
  2: { status: 503, message: 'Service temporarily unavailable' },
  4: { status: 429, message: 'Application request limit reached' },
  100: { status: 400, message: 'Invalid parameter' },
  190: { status: 401, message: 'Error validating access token: session has expired' },
  80007: { status: 429, message: 'Rate limit issues' },
  130429: { status: 429, message: 'Rate limit hit' },
  131000: { status: 500, message: 'Something went wrong' },
  131008: { status: 400, message: 'Required parameter is missing' },
  131009: { status: 400, message: 'Parameter value is not valid' },
  131016: { status: 503, message: 'Service unavailable' },
  131021: { status: 400, message: 'Recipient cannot be sender' },
  131026: { status: 400, message: 'Message undeliverable' },
  131047: { status: 400, message: 'Re-engagement message' },
  131048: { status: 429, message: 'Spam rate limit hit' },
  131056: { status: 429, message: '(Business account, consumer account) pair rate limit hit' },
  132000: { status: 400, message: 'Number of parameters does not match the expected number of params' },
  132001: { status: 404, message: 'Template name does not exist in the translation' },
  132015: { status: 400, message: 'Template is paused' },
};

/** Titles used in status callbacks as well. */
export function graphErrorTitle(code: number): string {
  return known[code]?.message ?? 'Unknown error';
}

/** An error answer. A code from 500 to 599 stands for that HTTP status without a Graph error code of its own. */
export function graphError(code: number, details: string, subcode?: number): Response {
  const transport = code >= 500 && code <= 599;
  const shown = transport ? 2 : code;
  const body = {
    error: {
      message: `(#${shown}) ${graphErrorTitle(shown)}`,
      type: 'OAuthException',
      code: shown,
      ...(subcode === undefined ? {} : { error_subcode: subcode, error_user_title: details }),
      error_data: { messaging_product: 'whatsapp', details },
      fbtrace_id: 'A0sandboxTrace',
    },
  };
  const status = transport ? code : (known[code]?.status ?? 400);
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
