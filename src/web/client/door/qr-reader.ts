/** Reads the code in front of a camera: by the browser itself where it can, else by a decoder fetched for it. */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** Not in every browser, and not yet a value among TypeScript's own types. */
type Detector = { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };
type DetectorMaker = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/** Pixels along each side of the picture's middle that the decoder gets: enough for a QR, and quick on a cheap phone. */
const frameSide = 480;

export async function codeReader(): Promise<ReadCode> {
  const detector = await ownDetector();
  if (detector !== undefined) return async (video) => (await detector.detect(video))[0]?.rawValue;
  const { decodeQr } = await import('./decode-qr.ts');
  const canvas = document.createElement('canvas');
  canvas.width = frameSide;
  canvas.height = frameSide;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return async (video) => {
    const side = Math.min(video.videoWidth, video.videoHeight);
    if (side === 0) return undefined;
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    context.drawImage(video, left, top, side, side, 0, 0, frameSide, frameSide);
    return decodeQr(context.getImageData(0, 0, frameSide, frameSide));
  };
}

async function ownDetector(): Promise<Detector | undefined> {
  const { BarcodeDetector: maker } = globalThis as { BarcodeDetector?: DetectorMaker };
  if (maker === undefined) return undefined;
  try {
    const formats = await maker.getSupportedFormats();
    return formats.includes('qr_code') ? new maker({ formats: ['qr_code'] }) : undefined;
  } catch {
    // Some systems promise a detector and have none behind it.
    return undefined;
  }
}
