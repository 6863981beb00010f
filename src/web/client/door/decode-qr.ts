import jsQr from 'jsqr';

/** A file of its own: only browsers without a detector of their own fetch the decoder. */
export function decodeQr({ data, width, height }: ImageData): string | undefined {
  return jsQr(data, width, height, { inversionAttempts: 'dontInvert' })?.data;
}
