/** The part of a browser's storage that pages use. */
export type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The browser's storage, which some browsers block: reading the property throws, or gives null. Others have no room in it. A value that
 * was not stored lives as long as the page, so that the page still works.
 */
export function pageStorage(name: 'localStorage' | 'sessionStorage'): PageStorage {
  const inMemory = new Map<string, string>();
  return {
    getItem: (key) => {
      try {
        return inMemory.get(key) ?? globalThis[name].getItem(key);
      } catch {
        return null;
      }
    },
    setItem: (key, value) => {
      try {
        globalThis[name].setItem(key, value);
        inMemory.delete(key);
      } catch {
        inMemory.set(key, value);
      }
    },
    removeItem: (key) => {
      inMemory.delete(key);
      try {
        globalThis[name].removeItem(key);
      } catch {
        // Nothing was stored.
      }
    },
  };
}

/** Whether the next page of this site finds what this one stores. */
export function outlivesPage(): boolean {
  try {
    globalThis.localStorage.setItem(probe, '');
    globalThis.localStorage.removeItem(probe);
    return true;
  } catch {
    return false;
  }
}

const probe = 'antre.probe';
