/** Scripts for pages of the door: what its decoder is shown, and what its staff hear, feel and see. */

/** How a code is held: pixels of a module, radians, and a filter of the canvas. */
export type Held = { readonly pixels: number; readonly turned: number; readonly filter: string };

/** Defines `decode`, which draws the squares of a code and gives the picture to the decoder. */
export const decoding = `
  const worker = new Worker(document.getElementById('video').dataset.decoder);
  window.decode = (squares, size, { pixels, turned, filter }) => new Promise((resolve, reject) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [720, 720];
    const picture = canvas.getContext('2d');
    picture.filter = filter;
    const drawn = document.createElement('canvas');
    drawn.width = drawn.height = (size + 8) * pixels;
    const code = drawn.getContext('2d');
    code.fillStyle = '#fff';
    code.fillRect(0, 0, drawn.width, drawn.width);
    code.fillStyle = '#000';
    for (const [x, y] of squares) code.fillRect((x + 4) * pixels, (y + 4) * pixels, pixels, pixels);
    picture.fillStyle = '#777';
    picture.fillRect(0, 0, 720, 720);
    picture.translate(360, 360);
    picture.rotate(turned);
    picture.drawImage(drawn, -drawn.width / 2, -drawn.width / 2);
    const { data } = picture.getImageData(0, 0, 720, 720);
    worker.onmessage = (event) => resolve(event.data ?? null);
    worker.onerror = () => reject(new Error('the worker failed'));
    worker.postMessage(new ImageData(data, 720, 720), [data.buffer]);
  });`;

/**
 * Replaces the camera by one that is held over a screen, askew. `window.holdUp` shows it the picture of a screen, as a PNG in base64, or
 * none.
 */
export const cameraOverScreen = `
  let shown;
  window.holdUp = async (base64) => {
    const bytes = base64 === undefined ? undefined : Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    shown = bytes === undefined ? undefined : await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [720, 960];
    const drawn = canvas.getContext('2d');
    setInterval(() => {
      drawn.setTransform(1, 0, 0, 1, 0, 0);
      drawn.fillStyle = '#333';
      drawn.fillRect(0, 0, canvas.width, canvas.height);
      if (shown === undefined) return;
      drawn.translate(60, 20);
      drawn.rotate(0.06);
      drawn.drawImage(shown, 0, 0, shown.width * 1.05, shown.height * 1.05);
    }, 100);
    return canvas.captureStream(10);
  };`;

/** Keeps the tones and vibrations in `window.sensed`, and defines `luminance`, of the answer's background. */
export const sensing = `
  window.sensed = [];
  navigator.vibrate = (pattern) => window.sensed.push(pattern) > 0;
  window.AudioContext = class {
    state = 'running';
    currentTime = 0;
    createOscillator() {
      const tone = { frequency: {}, connect: (next) => next, stop: () => undefined };
      return Object.assign(tone, { start: (at) => window.sensed.push([tone.type, tone.frequency.value, at]) });
    }
    createGain() {
      return { gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined }, connect: () => undefined };
    }
  };
  window.luminance = () => {
    const parts = getComputedStyle(document.getElementById('answer')).backgroundColor.match(/[0-9.]+/g).map(Number);
    const [red, green, blue] = parts.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };`;
