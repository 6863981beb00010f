import { decoderUrl, trustedScript } from '../offline/trusted-script.ts';

/**
 * Reads the code in front of the camera with the browser's detector, or with a decoder in a worker, which is downloaded only if the
 * browser has no detector.
 */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** `BarcodeDetector` is missing from some browsers and from TypeScript's DOM types. */
type Detector = { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };
type DetectorMaker = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/** The decoder reads the centre square of the picture, at most this many pixels wide: a small code far away keeps its pixels. */
const frameSideMax = 960;

export async function codeReader(): Promise<ReadCode> {
  const detector = await ownDetector();
  if (detector !== undefined) return async (video) => (await detector.detect(video))[0]?.rawValue;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return async (video) => {
    const side = Math.min(video.videoWidth, video.videoHeight);
    if (side === 0) return undefined;
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    const frameSide = Math.min(side, frameSideMax);
    // Setting the size clears a canvas, and takes new memory.
    if (canvas.width !== frameSide) [canvas.width, canvas.height] = [frameSide, frameSide];
    context.drawImage(video, left, top, side, side, 0, 0, frameSide, frameSide);
    return decode(context.getImageData(0, 0, frameSide, frameSide));
  };
}

/** A decoder that takes longer is restarted with the next picture. */
const decodeMsMax = 2000;
/** With its first picture it loads 420 kB, which may come over a slow network. */
const firstDecodeMsMax = 30_000;
let decoder: Worker | undefined;
let hasDecoded = false;

/** Decodes one picture at a time. The worker is kept, because starting it again costs more. */
function decode(picture: ImageData): Promise<string | undefined> {
  return new Promise((resolve) => {
    decoder ??= new Worker(trustedScript(decoderUrl()));
    const timer = setTimeout(
      () => {
        decoder?.terminate();
        decoder = undefined;
        hasDecoded = false;
        resolve(undefined);
      },
      hasDecoded ? decodeMsMax : firstDecodeMsMax,
    );
    decoder.addEventListener(
      'message',
      ({ data }: MessageEvent<string | undefined>) => {
        clearTimeout(timer);
        hasDecoded = true;
        resolve(data);
      },
      { once: true },
    );
    decoder.postMessage(picture, [picture.data.buffer]);
  });
}

async function ownDetector(): Promise<Detector | undefined> {
  const { BarcodeDetector: maker } = globalThis as { BarcodeDetector?: DetectorMaker };
  if (maker === undefined) return undefined;
  try {
    const formats = await maker.getSupportedFormats();
    return formats.includes('qr_code') ? new maker({ formats: ['qr_code'] }) : undefined;
  } catch {
    // Some systems have a BarcodeDetector that does not work.
    return undefined;
  }
}
