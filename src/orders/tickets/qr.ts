import { type Bitmap2D, correction, generate, mode } from 'lean-qr';
import { toSvgSource } from 'lean-qr/extras/svg';

/** White modules around the code. Scanners need them, most of all on a dark page. */
export const quietZoneModules = 4;
const modulePixels = 8;

/** A ticket's code as a QR symbol: alphanumeric, error correction M, so 26 characters make 25 by 25 modules. */
export function qrOf(code: string): Bitmap2D {
  return generate(mode.alphaNumeric(code), {
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });
}

/** An SVG document of the code, black on white. */
export function qrSvg(code: string): string {
  return toSvgSource(qrOf(code), {
    on: '#000000',
    off: '#ffffff',
    pad: quietZoneModules,
    scale: modulePixels,
    xmlDeclaration: true,
  });
}
