import jsQr from 'jsqr';

/** The part of the worker's scope that this script uses. The compiler knows only the types of pages. */
type DecoderScope = {
  addEventListener(type: 'message', listener: (event: MessageEvent<ImageData>) => void): void;
  postMessage(text: string | undefined, transferred: readonly []): void;
};

const scope = self as unknown as DecoderScope;

/** Decodes QR codes in a worker, so that the page stays responsive on a cheap phone. Each picture gets one answer, in order. */
scope.addEventListener('message', ({ data: { data, width, height } }) => {
  scope.postMessage(jsQr(data, width, height, { inversionAttempts: 'dontInvert' })?.data, []);
});
