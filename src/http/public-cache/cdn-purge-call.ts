import type { Config } from '../../config.ts';
import { withDeadline } from '../../platform/resilience/deadline.ts';

/** Why a CDN was not told, as a code: answers and addresses of other parties stay out of logs and dead letters. */
class CdnPurgeFailed extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.name = 'CdnPurgeFailed';
    this.code = code;
  }
}

const timeoutMs = 5000;

/**
 * Posts the surrogate keys to the CDN, once in JSON and once as a header, since CDNs differ in which they take:
 *
 *   POST <CDN_PURGE_URL>
 *   Authorization: Bearer <CDN_PURGE_TOKEN>
 *   Content-Type: application/json
 *   Surrogate-Key: evt_7K3M9XQ2 events
 *
 *   {"surrogateKeys":["evt_7K3M9XQ2","events"]}
 *
 * Any 2xx means done. Redirects are not followed: the token is for this address alone.
 * @throws CdnPurgeFailed with code CDN_PURGE_UNREACHABLE or CDN_PURGE_<status>; the job is then tried again
 */
export async function purgeCdn(
  { config }: { readonly config: Pick<Config, 'CDN_PURGE_URL' | 'CDN_PURGE_TOKEN'> },
  { surrogateKeys }: { readonly surrogateKeys: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { CDN_PURGE_URL: url, CDN_PURGE_TOKEN: token } = config;
  // It was set when the job was staged, and has been removed since.
  if (url === undefined) return;
  const status = await withDeadline(signal, timeoutMs, async (inTime) => {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'surrogate-key': surrogateKeys.join(' '),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ surrogateKeys }),
      signal: inTime,
    });
    await answer.body?.cancel();
    return answer.status;
  }).catch(() => undefined);
  if (status === undefined) throw new CdnPurgeFailed('CDN_PURGE_UNREACHABLE');
  if (status < 200 || status > 299) throw new CdnPurgeFailed(`CDN_PURGE_${status}`);
}
