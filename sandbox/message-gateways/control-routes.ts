import { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../control/read-body.ts';
import { gatewayNames, gatewayPartySchema } from './gateway-party.ts';
import { type Gateways, partyKey } from './gateways.ts';
import { callBack, connectionBody, inboundBody } from './report.ts';

const inboundSchema = z.strictObject({
  from: z.string().regex(/^[1-9]\d{6,14}$/),
  text: z.string().max(5000),
  id: z.string().max(60).optional(),
  /** Seconds since 1970. */
  sentAt: z.int().optional(),
});

/** Accounts of the gateways: who they are, what people write to them, whether their phones are connected. */
export function gatewayControlRoutes(gateways: Gateways): Hono {
  const refOf = (gateway: string, account: string) => {
    const name = gatewayNames.find((known) => known === gateway);
    return name === undefined ? undefined : { gateway: name, account };
  };
  return new Hono()
    .put('/gateways/:gateway/:account', async (context) => {
      const ref = refOf(context.req.param('gateway'), context.req.param('account'));
      if (ref === undefined) return context.json({ errors: ['no such gateway'] }, 404);
      const read = await readBody(context, gatewayPartySchema);
      if ('response' in read) return read.response;
      gateways.parties.set(partyKey(ref.gateway, ref.account), read.value);
      gateways.journal.append({
        kind: 'control.gateway_party',
        gateway: ref.gateway,
        gatewayAccount: ref.account,
        gatewayParty: read.value,
      });
      return context.json({ data: read.value });
    })
    .post('/gateways/:gateway/:account/inbound', async (context) => {
      const ref = refOf(context.req.param('gateway'), context.req.param('account'));
      if (ref === undefined) return context.json({ errors: ['no such gateway'] }, 404);
      const read = await readBody(context, inboundSchema);
      if ('response' in read) return read.response;
      const { id = String(Math.floor(gateways.random() * 1e12)), sentAt = Math.floor(gateways.now() / 1000) } =
        read.value;
      await callBack(gateways, ref, inboundBody(ref, { ...read.value, id, sentAt }));
      return context.json({ data: { id } }, 202);
    })
    .post('/gateways/:gateway/:account/connection', async (context) => {
      const ref = refOf(context.req.param('gateway'), context.req.param('account'));
      const party = ref === undefined ? undefined : gateways.parties.get(partyKey(ref.gateway, ref.account));
      if (ref === undefined || party === undefined) return context.json({ errors: ['no such account'] }, 404);
      const read = await readBody(context, z.strictObject({ isConnected: z.boolean() }));
      if ('response' in read) return read.response;
      gateways.parties.set(partyKey(ref.gateway, ref.account), { ...party, ...read.value });
      await callBack(gateways, ref, connectionBody(ref, read.value.isConnected));
      return context.json({ data: read.value }, 202);
    });
}
