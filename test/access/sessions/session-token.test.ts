import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSessionToken } from '../../../src/access/sessions/session-token.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  anOrganizer,
  codeOf,
  openAccessWorld,
} from '../../../testkit/access/access-world.ts';

/** Guards that only a token that we signed for a live session gets in (attacks S12 to S16). */
describe('session tokens', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  let good: { header: Record<string, unknown>; claims: Record<string, unknown> };

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    const [header = '', claims = ''] = organizer.owner.split('.');
    good = { header: decode(header), claims: decode(claims) };
  });
  afterAll(() => world?.close());

  const answer = async (token: string) => {
    const response = await world.request('GET', '/v1/sessions/current', { as: token });
    return response.status === 200 ? '200' : codeOf(response);
  };
  const refused = '401 access.unauthenticated';
  const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = good.header) =>
    forge(header, claims, world.deps.config.JWT_SECRET);
  const seconds = () => Math.floor(world.deps.clock.now().getTime() / 1000);

  it('are accepted when genuine, and when the same claims are signed again', async () => {
    expect(await answer(organizer.owner)).toBe('200');
    expect(await answer(signed(good.claims))).toBe('200');
  });

  it.each(['none', 'NONE', 'nOnE', ''])('refuses alg %j with an empty signature', async (alg) => {
    const unsigned = `${encode({ ...good.header, alg })}.${encode(good.claims)}.`;
    expect(await answer(unsigned)).toBe(refused);
    expect(await answer(unsigned.slice(0, -1))).toBe(refused);
  });

  it('refuses every algorithm but the pinned one, whatever the header says', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = await new SignJWT(good.claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'antre-session+jwt' })
      .sign(privateKey);
    expect(await answer(rsa)).toBe(refused);
    const publicText = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(await answer(forge(good.header, good.claims, publicText))).toBe(refused);
    for (const alg of ['HS384', 'HS512'] as const) {
      const token = await new SignJWT(good.claims)
        .setProtectedHeader({ alg, typ: 'antre-session+jwt' })
        .sign(new TextEncoder().encode(world.deps.config.JWT_SECRET));
      expect(await answer(token)).toBe(refused);
    }
  });

  it.each([
    { jwk: { kty: 'oct', k: 'AAAA' } },
    { jku: 'http://127.0.0.1:1/keys' },
    { x5u: 'http://127.0.0.1:1/cert' },
    { kid: '../../dev/null' },
    { kid: "' or 1=1 --" },
    { crit: ['exp'] },
  ])('refuses a header that brings its own key: %j', async (extra) => {
    expect(await answer(signed(good.claims, { ...good.header, ...extra }))).toBe(refused);
  });

  it.each([
    ['exp missing', { exp: undefined }],
    ['exp 0', { exp: 0 }],
    ['exp text', { exp: '9999999999' }],
    ['exp null', { exp: null }],
    ['exp too far', { exp: 2 ** 53 }],
    ['exp a fraction', { exp: Date.now() / 1000 + 100.5 }],
    ['exp past', { exp: Math.floor(Date.now() / 1000) - 61 }],
    ['iat missing', { iat: undefined }],
    ['iat future', { iat: Math.floor(Date.now() / 1000) + 120 }],
    ['iat long ago', { iat: 1 }],
    ['nbf future', { nbf: Math.floor(Date.now() / 1000) + 120 }],
    ['aud of another service', { aud: 'other' }],
    ['aud list', { aud: ['antre:staff'] }],
    ['iss of another service', { iss: 'other' }],
    ['sub of another member', { sub: 'stf_00000000000000000000' }],
    ['sid unknown', { sid: 'ses_00000000000000000000' }],
    ['sid SQL', { sid: "' or 1=1 --" }],
    ['role claimed', { role: 'owner' }],
  ])('refuses claims with %s', async (_name, change) => {
    expect(await answer(signed({ ...good.claims, ...change }))).toBe(refused);
  });

  it('refuses exp 1e400, which JSON reads as infinity', async () => {
    const text = JSON.stringify(good.claims).replace(/"exp":\d+/, '"exp":1e400');
    expect(
      await answer(signRaw(encode(good.header), Buffer.from(text).toString('base64url'), world.deps.config.JWT_SECRET)),
    ).toBe(refused);
  });

  it('are refused when they are of another type or signed with another of our secrets', async () => {
    for (const typ of ['JWT', 'antre-pass+jwt', undefined]) {
      expect(await answer(signed(good.claims, { alg: 'HS256', typ }))).toBe(refused);
    }
    expect(await answer(forge(good.header, good.claims, world.deps.config.HASH_SECRET))).toBe(refused);
  });

  it('refuses any other scheme than Bearer', async () => {
    const app = async (authorization: string) =>
      codeOf(await world.request('GET', '/v1/sessions/current', { authorization }));
    for (const scheme of ['Basic', 'Token', 'JWT', 'Bearer ,']) {
      expect(await app(`${scheme} ${organizer.owner}`)).toBe(refused);
    }
    expect(await app(organizer.owner)).toBe(refused);
    expect(await app('Bearer')).toBe(refused);
    expect(await app(`Bearer ${'a'.repeat(5000)}`)).toBe(refused);
  });

  it('end at their time, with a leeway of at most a minute', async () => {
    const now = world.deps.clock.now();
    const at = (offset: number) =>
      readSessionToken(
        world.deps.config.JWT_SECRET,
        signed({ ...good.claims, iat: seconds() - 3600, exp: seconds() + 10 }),
        new Date(now.getTime() + offset * 1000),
      );
    expect(await at(0)).toBeDefined();
    expect(await at(10 + 61)).toBeUndefined();
  });
});

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function forge(header: Record<string, unknown>, claims: Record<string, unknown>, secret: string): string {
  return signRaw(encode(header), encode(claims), secret);
}

function signRaw(header: string, claims: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${signature}`;
}
