/** Sound and vibration: two rising tones for yes, one long low tone for no. */

let audio: AudioContext | undefined;

/** Browsers allow sound only after a touch or a key, and phones suspend it again, for example during a call. */
export function watchTouches(): void {
  for (const name of ['click', 'keydown']) {
    document.addEventListener(name, () => {
      if (audio === undefined && 'AudioContext' in window) audio = new AudioContext();
      if (audio?.state !== 'running') void audio?.resume();
    });
  }
}

export function signal(isGood: boolean): void {
  if (isGood) {
    tone(880, 0, 0.09);
    tone(1320, 0.1, 0.14);
  } else {
    tone(196, 0, 0.45);
  }
  navigator.vibrate?.(isGood ? 80 : [180, 90, 180]);
}

function tone(frequency: number, fromSeconds: number, seconds: number): void {
  if (audio === undefined) return;
  const from = audio.currentTime + fromSeconds;
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = frequency < 400 ? 'square' : 'sine';
  source.frequency.value = frequency;
  volume.gain.setValueAtTime(0.25, from);
  volume.gain.exponentialRampToValueAtTime(0.001, from + seconds);
  source.connect(volume).connect(audio.destination);
  source.start(from);
  source.stop(from + seconds);
}

/** Keeps the screen on if the phone supports it. The lock ends when the page is hidden. */
export async function keepAwake(isScanning: boolean): Promise<void> {
  if (!isScanning || document.hidden) return;
  await navigator.wakeLock?.request('screen').catch(() => undefined);
}
