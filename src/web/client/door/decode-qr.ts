import jsQr from 'jsqr';

/** A separate file, because only browsers without a built-in detector download the decoder. */
export function decodeQr({ data, width, height }: ImageData): string | undefined {
  return jsQr(data, width, height, { inversionAttempts: 'dontInvert' })?.data;
}
