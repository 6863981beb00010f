/** Where files are kept. Keys are made of ids and hashes alone. */
export type FileStorage = {
  /**
   * Writes a file. Nobody can open it before it is complete: a write that fails, or whose process dies, leaves nothing at the key.
   * @param signal ends the write
   * @returns the length in bytes
   */
  write(key: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** Opens a complete file; undefined when there is none. */
  open(key: string): Promise<OpenFile | undefined>;
  /** Deletes a file and what an unfinished write has left; also when there is none. */
  remove(key: string): Promise<void>;
};

export type OpenFile = { readonly bytes: number; readonly pieces: ReadableStream<Uint8Array> };
