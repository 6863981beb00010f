import { doorWords } from '../../i18n/words/door/door.ts';
import { byId, setText, show } from '../shared/dom.ts';
import { showReady } from './door-answer.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { type ReadCode, codeReader } from './qr-reader.ts';

const words = doorWords[pageLanguage];
const lookEveryMs = 120;
/** The same code seen again within this time is the same scan. */
const sameCodeMs = 4000;

let stream: MediaStream | undefined;
let isLooking = false;

/** Sets up the button that turns the camera on and off. Calls `onCode` once for each code seen. */
export function watchCamera(onCode: (code: string) => void): void {
  if (navigator.mediaDevices?.getUserMedia === undefined) return;
  const button = byId('camera', HTMLButtonElement);
  button.hidden = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    void (stream === undefined ? start(onCode) : stop()).finally(() => {
      button.disabled = false;
      setText('camera', stream === undefined ? words.camera : words.cameraOff);
    });
  });
  byId('torch').addEventListener('click', switchTorch);
  // Save battery while the page is hidden.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden || stream === undefined) return;
    void stop();
    setText('camera', words.camera);
  });
}

async function start(onCode: (code: string) => void): Promise<void> {
  show('camera-message', false);
  try {
    const [opened, read] = await Promise.all([
      navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: 1280 } },
        audio: false,
      }),
      codeReader(),
    ]);
    stream = opened;
    const video = byId('video', HTMLVideoElement);
    video.srcObject = opened;
    video.hidden = false;
    await video.play();
    video.parentElement?.toggleAttribute('data-camera', true);
    isLooking = true;
    showTorch(opened);
    showReady();
    void look(video, read, onCode);
  } catch (error) {
    await stop();
    const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
    setText('camera-message', isDenied ? words.cameraDenied : words.cameraNone);
    show('camera-message', true);
  }
}

/** `torch` is missing from TypeScript's DOM types. */
type Torch = { readonly torch?: boolean };

function showTorch(opened: MediaStream): void {
  const [track] = opened.getVideoTracks();
  const button = byId('torch', HTMLButtonElement);
  const can = track?.getCapabilities?.() as Torch | undefined;
  button.hidden = can?.torch !== true;
  button.ariaPressed = 'false';
}

function switchTorch(): void {
  const button = byId('torch', HTMLButtonElement);
  const isOn = button.ariaPressed !== 'true';
  const wanted: Torch = { torch: isOn };
  void stream
    ?.getVideoTracks()[0]
    ?.applyConstraints({ advanced: [wanted as MediaTrackConstraintSet] })
    .then(() => {
      button.ariaPressed = String(isOn);
    });
}

export async function stop(): Promise<void> {
  isLooking = false;
  show('torch', false);
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  const video = byId('video', HTMLVideoElement);
  video.srcObject = null;
  video.hidden = true;
  video.parentElement?.toggleAttribute('data-camera', false);
}

async function look(video: HTMLVideoElement, read: ReadCode, onCode: (code: string) => void): Promise<void> {
  let seen = '';
  let seenAt = 0;
  while (isLooking) {
    const code = await read(video).catch(() => undefined);
    const now = performance.now();
    if (code !== undefined && code !== '') {
      const isNew = code !== seen || now - seenAt > sameCodeMs;
      seen = code;
      seenAt = now;
      if (isNew) onCode(code);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
