import { type ReaderOptions, prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmFile from 'zxing-wasm/reader/zxing_reader.wasm';

/** The part of the worker's scope that this script uses. The compiler knows only the types of pages. */
type DecoderScope = {
  readonly location: { readonly href: string };
  addEventListener(type: 'message', listener: (event: MessageEvent<ImageData>) => void): void;
  postMessage(text: string | undefined, transferred: readonly []): void;
};

const againMs = 1000;
const scope = self as unknown as DecoderScope;
const options: ReaderOptions = { formats: ['QRCode'], maxNumberOfSymbols: 1, textMode: 'Plain' };

prepare();

/** Decodes QR codes in a worker, so that the page stays responsive on a cheap phone. Each picture gets one answer, in order. */
scope.addEventListener('message', ({ data: picture }) => {
  void readBarcodes(picture, options)
    .then(([code]) => code?.text)
    .catch(prepareAgain)
    .then((text) => scope.postMessage(text, []));
});

/** Without its address, the library would download its WebAssembly from somebody else. */
function prepare(): void {
  const address = new URL(wasmFile, scope.location.href).href;
  prepareZXingModule({ overrides: { locateFile: () => address } });
}

/** A download that failed is tried again with the next picture, a moment later. */
async function prepareAgain(): Promise<undefined> {
  purgeZXingModule();
  prepare();
  await new Promise((resolve) => setTimeout(resolve, againMs));
}
