import { Hono } from 'hono';
import { type AddressHeader, createClientNetwork, networkOfContext } from '../../../src/http/server/client-network.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';

export const proxies = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8:ffff::/48'];

const served = (trusted: readonly string[], header?: AddressHeader) => {
  const network = networkOfContext(createClientNetwork(trusted, header === undefined ? {} : { header }));
  return serve(
    new Hono().get('/', (c) => c.text(network(c))),
    { host: '127.0.0.1', port: 0, reusePort: false },
  );
};

/** Servers that answer with the client's network for limits: behind proxies, without proxies, and by `Forwarded` alone. */
export async function openClientNetworks() {
  const [serving, untrusting, forwardedOnly] = await Promise.all([
    served(proxies),
    served([]),
    served(proxies, 'forwarded'),
  ]);
  const askedWith = async (headers: Record<string, string>, { port }: Serving = serving): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
  const asked = (forwarded: string | undefined, of: Serving = serving): Promise<string> =>
    askedWith(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, of);
  return {
    serving,
    untrusting,
    forwardedOnly,
    askedWith,
    asked,
    close: () => Promise.all([serving.close(), untrusting.close(), forwardedOnly.close()]),
  };
}
export type ClientNetworks = Awaited<ReturnType<typeof openClientNetworks>>;
