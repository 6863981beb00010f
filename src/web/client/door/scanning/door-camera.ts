import { doorWords } from '../../../i18n/words/door/door.ts';
import { pause } from '../../shared/calls/waiting.ts';
import { byId, setText, show, whileBusy } from '../../shared/dom.ts';
import { showReady } from './door-answer.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import { type ReadCode, codeReader } from './qr-reader.ts';

const words = doorWords[pageLanguage];
const lookEveryMs = 120;
/** The same code seen again within this time is the same scan. */
const sameCodeMs = 4000;

let stream: MediaStream | undefined;
/** Rises when the camera is turned on or off. What began under an earlier number is over. */
let turn = 0;
/** The camera was on, or was being turned on, when the page was hidden. */
let isPaused = false;

/** Sets up the button that turns the camera on and off. Calls `onCode` once for each code seen. */
export function watchCamera(onCode: (code: string) => void): void {
  if (navigator.mediaDevices?.getUserMedia === undefined) return;
  const button = byId('camera', HTMLButtonElement);
  button.hidden = false;
  button.addEventListener('click', () => {
    if (!button.disabled) void whileBusy(button, async () => (stream === undefined ? start(onCode) : stop()));
  });
  byId('torch').addEventListener('click', switchTorch);
  // Saves the battery while the page is hidden, and goes on when the phone is unlocked.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && stream !== undefined) {
      stop();
      isPaused = true;
    } else if (!document.hidden && isPaused) {
      void start(onCode);
    }
  });
}

async function start(onCode: (code: string) => void): Promise<void> {
  stop();
  const mine = turn;
  show('camera-message', false);
  try {
    const read = await codeReader();
    const opened = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    });
    // The scanner was left while the browser asked for the permission.
    if (mine !== turn) return endTracks(opened);
    if (document.hidden) {
      isPaused = true;
      return endTracks(opened);
    }
    stream = opened;
    setText('camera', words.cameraOff);
    // Another app may take the camera.
    for (const track of opened.getTracks()) track.addEventListener('ended', () => mine === turn && stop());
    const video = byId('video', HTMLVideoElement);
    video.srcObject = opened;
    video.hidden = false;
    await video.play();
    if (mine !== turn) return;
    video.parentElement?.toggleAttribute('data-camera', true);
    showTorch(opened);
    showReady();
    void look(video, read, onCode, () => mine === turn);
  } catch (error) {
    if (mine !== turn) return;
    stop();
    const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
    setText('camera-message', isDenied ? words.cameraDenied : words.cameraNone);
    show('camera-message', true);
  }
}

function endTracks(of: MediaStream | undefined): void {
  for (const track of of?.getTracks() ?? []) track.stop();
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
    })
    // Phones refuse it when they are hot.
    .catch(() => undefined);
}

/** Turns the camera off, or keeps it from turning on. */
export function stop(): void {
  turn += 1;
  isPaused = false;
  endTracks(stream);
  stream = undefined;
  show('torch', false);
  setText('camera', words.camera);
  const video = byId('video', HTMLVideoElement);
  video.srcObject = null;
  video.hidden = true;
  video.parentElement?.toggleAttribute('data-camera', false);
}

async function look(
  video: HTMLVideoElement,
  read: ReadCode,
  onCode: (code: string) => void,
  isOn: () => boolean,
): Promise<void> {
  let seen = '';
  let seenAt = 0;
  while (isOn()) {
    const code = await read(video).catch(() => undefined);
    const now = performance.now();
    if (code !== undefined && code !== '') {
      const isNew = code !== seen || now - seenAt > sameCodeMs;
      seen = code;
      seenAt = now;
      if (isNew && isOn()) onCode(code);
    }
    await pause(lookEveryMs);
  }
}
