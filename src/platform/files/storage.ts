/** Where files are kept. Keys consist only of ids and hashes. */
export type FileStorage = {
  /**
   * Writes a file. Nobody can open it before it is complete: a write that fails, or whose process dies, leaves nothing at the key.
   * @param signal ends the write
   * @returns the length in bytes
   */
  write(key: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** Opens a complete file; undefined when there is none. */
  open(key: string): Promise<OpenFile | undefined>;
  /** Deletes a file and the remains of an unfinished write. Succeeds if there is neither. */
  remove(key: string): Promise<void>;
};

export type OpenFile = { readonly bytes: number; readonly pieces: ReadableStream<Uint8Array> };
