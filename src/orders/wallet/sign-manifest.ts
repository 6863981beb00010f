import { webcrypto } from 'node:crypto';
import type { AppleSettings } from './wallet-settings.ts';

export type SignManifest = (manifest: Uint8Array<ArrayBuffer>, at: Date) => Promise<Uint8Array>;

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const contentTypes = { data: '1.2.840.113549.1.7.1', signedData: '1.2.840.113549.1.7.2' } as const;
const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

/**
 * Makes detached CMS signatures (RFC 5652) as Apple Wallet asks for: with the signer's certificate, Apple's intermediate certificate and the
 * time. The library is loaded at the first signature, so a service without Apple passes does not carry it.
 */
export function createManifestSigner(settings: Pick<AppleSettings, 'certificate' | 'issuer' | 'key'>): SignManifest {
  let signer: Promise<SignManifest> | undefined;
  return async (manifest, at) => {
    signer ??= openSigner(settings);
    return (await signer)(manifest, at);
  };
}

async function openSigner({
  certificate,
  issuer,
  key,
}: Pick<AppleSettings, 'certificate' | 'issuer' | 'key'>): Promise<SignManifest> {
  const [asn1, pki] = await Promise.all([import('asn1js'), import('pkijs')]);
  const certificates = [certificate, issuer].map(({ raw }) => pki.Certificate.fromBER(new Uint8Array(raw)));
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
  const [own] = certificates;
  if (own === undefined) throw new Error('a signature needs a certificate');
  return async (manifest, at) => {
    const digest = await webcrypto.subtle.digest('SHA-256', manifest);
    const signed = new pki.SignedData({
      version: 1,
      encapContentInfo: new pki.EncapsulatedContentInfo({ eContentType: contentTypes.data }),
      certificates,
      signerInfos: [
        new pki.SignerInfo({
          version: 1,
          sid: new pki.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
          signedAttrs: new pki.SignedAndUnsignedAttributes({
            type: 0,
            attributes: [
              new pki.Attribute({
                type: attributes.contentType,
                values: [new asn1.ObjectIdentifier({ value: contentTypes.data })],
              }),
              new pki.Attribute({ type: attributes.signingTime, values: [new asn1.UTCTime({ valueDate: at })] }),
              new pki.Attribute({
                type: attributes.messageDigest,
                values: [new asn1.OctetString({ valueHex: digest })],
              }),
            ],
          }),
        }),
      ],
    });
    await signed.sign(signingKey, 0, 'SHA-256', manifest);
    const info = new pki.ContentInfo({ contentType: contentTypes.signedData, content: signed.toSchema(true) });
    return new Uint8Array(info.toSchema().toBER());
  };
}
