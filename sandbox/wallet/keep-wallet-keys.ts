import { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Integer, Sequence, Set, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, BasicConstraints, Certificate, Extension, RelativeDistinguishedNames } from 'pkijs';

const passTypeId = 'pass.example.antre.tickets';
const teamId = 'ABCDE12345';
/** Longer than anybody keeps local data. */
const years = 10;
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const names = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  userId: '0.9.2342.19200300.100.1.1',
};
type Subject = { readonly [Name in keyof typeof names]?: string };
const basicConstraints = '2.5.29.19';

/**
 * Keys and certificates as Apple and Google give them out, by an authority of the sandbox. Passes and links that are signed with them are whole
 * and can be checked, but no phone trusts the authority. They are made once for the folder.
 * @returns the variables of the service that name them
 */
export async function keepWalletKeys(folder: string) {
  if (!existsSync(folder)) await makeKeys(folder);
  const at = (name: string) => join(folder, name);
  return {
    APPLE_PASS_TYPE_ID: passTypeId,
    APPLE_TEAM_ID: teamId,
    APPLE_PASS_CERTIFICATE_FILE: at('pass.pem'),
    APPLE_PASS_KEY_FILE: at('pass.key'),
    APPLE_WWDR_CERTIFICATE_FILE: at('wwdr.pem'),
    GOOGLE_WALLET_ISSUER_ID: '3388000000022222222',
    GOOGLE_WALLET_KEY_FILE: at('google.json'),
  };
}

async function makeKeys(folder: string): Promise<void> {
  const [authority, pass, google] = await Promise.all([makePair(), makePair(), makePair()]);
  const issuer = { commonName: 'antre sandbox' };
  const owner = { userId: passTypeId, commonName: `Pass Type ID: ${passTypeId}`, unit: teamId, organization: 'antre' };
  const account = {
    client_email: 'wallet@antre-sandbox.iam.gserviceaccount.com',
    private_key: await keyText(google),
  };
  const files = {
    'wwdr.pem': await certify({ issuer, subject: issuer, publicKey: authority.publicKey }, authority.privateKey),
    'pass.pem': await certify({ issuer, subject: owner, publicKey: pass.publicKey }, authority.privateKey),
    'pass.key': await keyText(pass),
    'google.json': JSON.stringify(account),
  };
  // A folder that is there is whole.
  const made = `${folder}.new`;
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text, { mode: 0o600 });
  renameSync(made, folder);
}

type Pair = { readonly publicKey: webcrypto.CryptoKey; readonly privateKey: webcrypto.CryptoKey };

const makePair = (): Promise<Pair> => webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']);

async function keyText({ privateKey }: Pair): Promise<string> {
  return pemOf('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', privateKey));
}

async function certify(
  of: { readonly issuer: Subject; readonly subject: Subject; readonly publicKey: webcrypto.CryptoKey },
  signingKey: webcrypto.CryptoKey,
): Promise<string> {
  const made = new Certificate({ version: 2, serialNumber: new Integer({ value: of.subject === of.issuer ? 1 : 2 }) });
  made.issuer = nameOf(of.issuer);
  made.subject = nameOf(of.subject);
  made.notBefore.value = new Date();
  made.notAfter.value = new Date(Date.now() + years * 365 * 86_400_000);
  await made.subjectPublicKeyInfo.importKey(of.publicKey);
  if (of.subject === of.issuer) {
    const extnValue = new BasicConstraints({ cA: true }).toSchema().toBER();
    made.extensions = [new Extension({ extnID: basicConstraints, critical: true, extnValue })];
  }
  await made.sign(signingKey, 'SHA-256');
  return pemOf('CERTIFICATE', made.toSchema(true).toBER());
}

/** Each part in a set of its own: the library's own writing makes one part of all, which programs read as one text. */
function nameOf(subject: Subject): RelativeDistinguishedNames {
  const parts = Object.entries(subject).map(([name, value]) => {
    const type = names[name as keyof Subject];
    return new Set({ value: [new AttributeTypeAndValue({ type, value: new Utf8String({ value }) }).toSchema()] });
  });
  return RelativeDistinguishedNames.fromBER(new Sequence({ value: parts }).toBER());
}

function pemOf(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
