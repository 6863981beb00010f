/**
 * Assembles the keys of a hardware scanner into a text. Scanners end a code with Enter, Tab, both or nothing, may type slowly, and may
 * add control characters. The service cleans the code; this only finds where the text begins and ends.
 */

/** Shorter text cannot be a ticket code. */
const lengthMin = 6;
const lengthMax = 1000;
/** A longer pause than this starts a new code. */
const pauseMsMax = 1500;
const quietMsMin = 300;
/** A full code ends after this many times its longest pause. */
const quietPauses = 3;
/** Within this time, a second terminator (LF after CR, Enter after Tab) belongs to the same code. */
const secondEndMs = 1000;

/** Control characters arrive as letters with the Ctrl key. CR, LF and Tab end a code. */
const controlKeys = /^[bijm\]]$/i;
const controlEnds = /^[ijm]$/i;

export type TypedKey = {
  readonly key: string;
  /** The physical key, such as `KeyY`. */
  readonly code?: string;
  readonly timeStamp: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

export type Timer = { set(act: () => void, ms: number): number; clear(id: number | undefined): void };

export type ScannerText = {
  /** Handles a key. @returns true if the key is part of a code and its default action must be prevented */
  type(event: TypedKey): boolean;
};

/**
 * Receives a code. `placed` is the same keys on a US keyboard layout, if that gives another possible code. Scanners usually type in the US
 * layout; on a device with another layout, Z arrives as Y, or digits arrive as accented letters.
 */
export type OnCode = (code: string, placed?: string) => void;

/** The key's letter or digit in the US layout; for other keys, the typed character. */
export function placedKey({ key, code = '' }: Pick<TypedKey, 'key' | 'code'>): string {
  return /^(?:Key([A-Z])|Digit(\d))$/.exec(code)?.slice(1).join('') ?? key;
}

/** Chooses which of the two readings of a scan to pass on. */
export function readings(typed: string, placed: string): [code: string, placed?: string] {
  if (typed.toUpperCase() === placed.toUpperCase() || !isFullCode(placed)) return [typed];
  return isFullCode(typed) ? [typed, placed] : [placed];
}

export function scannerText(onCode: OnCode, timer: Timer): ScannerText {
  let typed = '';
  let placed = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  let longestPause = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  let waiting: number | undefined;

  const finish = (at: number): void => {
    timer.clear(waiting);
    const read = readings(typed, placed);
    const isLong = typed.length >= lengthMin;
    typed = '';
    placed = '';
    longestPause = 0;
    if (!isLong) return;
    readAt = at;
    onCode(...read);
  };
  const end = (at: number): boolean => {
    if (typed.length >= lengthMin) {
      finish(at);
      return true;
    }
    typed = '';
    placed = '';
    return at - readAt < secondEndMs;
  };
  return {
    type: ({ key, code, timeStamp, ctrlKey, metaKey, altKey }) => {
      const pause = timeStamp - lastAt;
      if (pause > pauseMsMax) [typed, placed] = ['', ''];
      if (ctrlKey && !metaKey && !altKey && controlKeys.test(key)) {
        if (typed === '' && timeStamp - readAt >= secondEndMs) return false;
        return controlEnds.test(key) ? end(timeStamp) : true;
      }
      if (ctrlKey || metaKey || altKey) return false;
      if (key === 'Enter' || key === 'Tab') return end(timeStamp);
      // A leading blank is not part of a code. It may press the focused button.
      if (key.length !== 1 || (typed === '' && key === ' ')) return false;
      if (typed !== '') longestPause = Math.max(longestPause, pause);
      lastAt = timeStamp;
      if (typed.length < lengthMax) {
        typed += key;
        placed += placedKey({ key, ...(code === undefined ? {} : { code }) });
      }
      timer.clear(waiting);
      const wait = isFullCode(typed) || isFullCode(placed) ? quietMs(longestPause) : pauseMsMax;
      waiting = timer.set(() => finish(timeStamp + wait), wait);
      return true;
    },
  };
}

/** A full code counts as complete after this long without input. */
function quietMs(longestPause: number): number {
  return Math.min(pauseMsMax, Math.max(quietMsMin, quietPauses * longestPause));
}

/** Whether the text contains a string with the length and alphabet of a ticket code. */
export function isFullCode(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\s\p{C}\p{Pd}]/gu, '');
  return plain
    .replace(/^\][a-z][0-9a-z]/i, '')
    .split(/[^0-9a-z]/i)
    .some((part) => /^[0-9a-tv-z]{26}(?:[0-9a-tv-z]{114})?$/i.test(part));
}

/** Watches a field that a scanner or a person types into. Calls `onCode` when its content is complete. */
export function scannerField(onCode: () => void, timer: Timer) {
  let firstAt = 0;
  let lastAt = 0;
  let longestPause = 0;
  let letters = 0;
  let waiting: number | undefined;
  /** People type slower than scanners. */
  const scannerPauseMs = 100;
  const isScanned = () => letters >= lengthMin && (lastAt - firstAt) / letters <= scannerPauseMs;
  return {
    /** Call after each change of the field. */
    changed(text: string, at: number): void {
      timer.clear(waiting);
      if (letters === 0 || text.length <= 1) [firstAt, longestPause] = [at, 0];
      else longestPause = Math.max(longestPause, at - lastAt);
      letters = text.length;
      lastAt = at;
      if (isFullCode(text)) waiting = timer.set(onCode, quietMs(longestPause));
      else if (isScanned()) waiting = timer.set(onCode, pauseMsMax);
    },
    /** Whether Tab ends a code, instead of moving to the next field. */
    endsWithTab: (text: string): boolean => isFullCode(text) || (text.length >= lengthMin && isScanned()),
    /** Call after the field was emptied. */
    cleared(): void {
      timer.clear(waiting);
      letters = 0;
    },
  };
}
