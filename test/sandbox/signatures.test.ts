import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { escapedJson } from '../../sandbox/graph/escaped-json.ts';
import { hubSignature } from '../../sandbox/graph/signature.ts';
import { basicHeader } from '../../sandbox/midtrans/accounts.ts';
import { midtransSignature } from '../../sandbox/midtrans/notifications/signature.ts';

/** Promise: the sandbox signs as the real gateways do, so a verifier that passes here passes there. */

const signed = {
  orderId: 'TKT-2026-000123-a1',
  grossAmount: '275000.00',
  serverKey: 'SB-Mid-server-EXAMPLEkey0123456789',
};

describe('Midtrans signature', () => {
  it.each([
    [
      '200',
      '7490dba4e64bcefc883ebb74a6de3bbd036e4511a0ac53202302cf69da7663b97c27287c32b045983d8f9c8a9065a43fe057aaa9b303f78482caf5df68cfe5c5',
    ],
    [
      '201',
      '69ed97c57a3ea26610a3a529ee5e00e0f08e479c5fce0d905c6c2ccb23b12d0517573c42759ad837eb6badd2188daf14c6b9d83b24be2efa9f762489ba5bc4bd',
    ],
    [
      '202',
      '67e1fc250f5351d166afaacc7d2bdb64e4b13db053d83dbbcc9ba30dcb98a7d446bfa495ca89301c06033df9393888e7c379f8a9fea408f1fe117f4a9c93624f',
    ],
  ])('of status code %s equals the published vector', (statusCode, expected) => {
    expect(midtransSignature({ ...signed, statusCode })).toBe(expected);
  });

  it('covers the amount as written, fraction included', () => {
    expect(midtransSignature({ ...signed, statusCode: '200', grossAmount: '275000' })).toBe(
      '730d82def9cb82001283d73dd142af414ba2af7e81f25cbfaabf0b9099fe2598bbefb3d6dc8f66d434641c0ecae79ad618906aa2cef4ff3258eb9fdfba50ede7',
    );
  });

  it('goes with Basic credentials of the server key and an empty password', () => {
    expect(basicHeader(signed.serverKey)).toBe('Basic U0ItTWlkLXNlcnZlci1FWEFNUExFa2V5MDEyMzQ1Njc4OTo=');
  });
});

describe('WhatsApp signature', () => {
  const secret = '0123456789abcdef0123456789abcdef';

  it('equals the published vector', () => {
    const body =
      '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"6281200000000","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.TEST1","status":"delivered","timestamp":"1767225600","recipient_id":"6281300000000","biz_opaque_callback_data":"msg_01"}]},"field":"messages"}]}]}';
    expect(Buffer.byteLength(body)).toBe(382);
    expect(hubSignature(secret, body)).toBe('sha256=62f0d7a68e16d242071bdc0b2ca8c114a1da88eaca139e81d0014c72e4e645b4');
  });

  it('is over the escaped text, which a receiver that re-serialises cannot reproduce', () => {
    const escaped = escapedJson({ text: 'café' });
    expect(escaped).toBe('{"text":"caf\\u00e9"}');
    expect(hubSignature(secret, escaped)).toBe(
      'sha256=fd1953297c43c09fb9eea0fd1e756bb1c9d5e27d332c7195bcc91034ad37003a',
    );
    const reserialised = JSON.stringify(JSON.parse(escaped));
    expect(createHmac('sha256', secret).update(reserialised).digest('hex')).toBe(
      '0a31ca36b5b01a0f3fcc7cc2e042dbb0d653ef3422833fc3463734337b5faf23',
    );
  });
});
