import { decoderUrl, trustedScript } from './trusted-script.ts';

/**
 * Reads the code in front of a camera with the browser's detector if it has one, else with a decoder in a worker, which only then is
 * downloaded and started.
 */
export type ReadCode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** `BarcodeDetector`: missing in some browsers and in TypeScript's own types. */
type Detector = { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };
type DetectorMaker = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/**
 * Side of the square in the middle of the picture that the decoder reads, in pixels: enough for a QR code, fast on a cheap
 * phone.
 */
const frameSide = 480;

export async function codeReader(): Promise<ReadCode> {
  const detector = await ownDetector();
  if (detector !== undefined) return async (video) => (await detector.detect(video))[0]?.rawValue;
  const decode = startDecoder();
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
    return decode(context.getImageData(0, 0, frameSide, frameSide));
  };
}

/** An answer that has not come after this long does not come: the next picture is tried. */
const decodeMsMax = 2000;
let decoder: Worker | undefined;

/** One picture at a time. The worker lives as long as the page: starting it again would cost more than keeping it. */
function startDecoder(): (picture: ImageData) => Promise<string | undefined> {
  return (picture) =>
    new Promise((resolve) => {
      decoder ??= new Worker(trustedScript(decoderUrl()));
      const timer = setTimeout(() => {
        decoder?.terminate();
        decoder = undefined;
        resolve(undefined);
      }, decodeMsMax);
      decoder.addEventListener(
        'message',
        ({ data }: MessageEvent<string | undefined>) => {
          clearTimeout(timer);
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
    // Some systems offer a detector that does not work.
    return undefined;
  }
}
