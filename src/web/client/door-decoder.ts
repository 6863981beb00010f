import jsQr from 'jsqr';

/** What this script uses of its scope: the compiler knows the types of pages, not those of workers. */
type DecoderScope = {
  addEventListener(type: 'message', listener: (event: MessageEvent<ImageData>) => void): void;
  postMessage(text: string | undefined, transferred: readonly []): void;
};

const scope = self as unknown as DecoderScope;

/** Reads QR codes beside the page, which stays quick on a cheap phone. Each picture gets one answer, in order. */
scope.addEventListener('message', ({ data: { data, width, height } }) => {
  scope.postMessage(jsQr(data, width, height, { inversionAttempts: 'dontInvert' })?.data, []);
});
