import { z } from 'zod';

/** The published data of a draw, read over HTTP as any client reads it. */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime({ offset: true });

const drawSchema = z.object({
  number: z.int(),
  state: z.enum(['committed', 'frozen', 'drawn', 'void']),
  seedHash: hash,
  beaconChain: hash,
  beaconRound: z.int(),
  beaconRoundAt: time,
  committedAt: time,
  frozenAt: time.nullable(),
  places: z.int().nullable(),
  voidedPlaces: z.array(z.int()).nullable(),
  merkleRoot: hash.nullable(),
  rootedAt: time.nullable(),
  seed: hash.nullable(),
  revealedAt: time.nullable(),
  beaconSignature: z.string().nullable(),
  beaconRandomness: hash.nullable(),
  drawKey: hash.nullable(),
  drawnAt: time.nullable(),
  voidReason: z.string().nullable(),
});

const documentSchema = z.object({
  eventId: z.string(),
  method: z.literal('antre.draw.v1'),
  leavesPerChunk: z.literal(1024),
  preQueueOpensAt: time,
  freezesAt: time,
  opensAt: time,
  rules: z.object({ leadSeconds: z.number(), revealWithinSeconds: z.number(), beaconWithinSeconds: z.number() }),
  beacon: z.object({
    chain: hash,
    publicKey: z.string(),
    genesis: z.int(),
    periodSeconds: z.int(),
    urls: z.array(z.string()),
  }),
  draws: z.array(drawSchema),
});

const proofSchema = z.object({
  index: z.int(),
  places: z.int(),
  leaf: hash,
  siblings: z.array(hash),
  merkleRoot: hash,
});
const infoSchema = z.object({
  public_key: z.string(),
  period: z.int(),
  genesis_time: z.int(),
  groupHash: z.string(),
  metadata: z.object({ beaconID: z.string() }),
});
const roundSchema = z.object({ round: z.int(), signature: z.string().regex(/^[0-9a-f]{96}$/) });

export type PublishedDraw = z.output<typeof drawSchema>;
export type PublishedDocument = z.output<typeof documentSchema>;
export type PublishedProof = z.output<typeof proofSchema>;
export type ChainInfo = z.output<typeof infoSchema>;

const timeoutMs = 15_000;
const triesMax = 5;

export type Publication = {
  readonly document: PublishedDocument;
  /** How many seconds the service's clock is ahead of ours. */
  readonly clockAheadSeconds: number;
};

export async function readDocument(url: string, slug: string): Promise<Publication> {
  const response = await ask(`${url}/v1/events/${slug}/queue/draws`);
  if (response.status === 404) throw new Error(`${url} has no event ${slug} with a waiting room`);
  if (response.status !== 200) throw new Error(`${url} answered HTTP ${response.status}`);
  const date = Date.parse(response.headers.get('date') ?? '');
  return {
    document: documentSchema.parse(await response.json()),
    clockAheadSeconds: Number.isNaN(date) ? 0 : (date - Date.now()) / 1000,
  };
}

/** The whole list, chunk by chunk, 32 bytes per place. */
export async function readLeaves(
  url: string,
  slug: string,
  places: number,
  onProgress: (done: number, of: number) => void,
): Promise<Buffer> {
  const chunks = Math.ceil(places / 1024);
  const parts: Buffer[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const response = await ask(`${url}/v1/events/${slug}/queue/draws/leaves/${chunk}`);
    if (response.status !== 200) throw new Error(`leaves ${chunk}: HTTP ${response.status}`);
    parts.push(Buffer.from(await response.arrayBuffer()));
    onProgress(chunk + 1, chunks);
  }
  return Buffer.concat(parts);
}

export async function readProof(url: string, slug: string, index: number): Promise<PublishedProof | undefined> {
  const response = await ask(`${url}/v1/events/${slug}/queue/proofs/${index}`);
  return response.status === 200 ? proofSchema.parse(await response.json()) : undefined;
}

/** A relay's answer about the chain; undefined if no relay answers. */
export async function readChainInfo(urls: readonly string[], chain: string): Promise<ChainInfo | undefined> {
  return fromAnyRelay(urls, `/${chain}/info`, infoSchema);
}

/** A round from a relay, without the service; undefined if no relay answers. */
export async function readRound(urls: readonly string[], chain: string, round: number): Promise<Buffer | undefined> {
  const found = await fromAnyRelay(urls, `/${chain}/public/${round}`, roundSchema);
  return found?.round === round ? Buffer.from(found.signature, 'hex') : undefined;
}

async function fromAnyRelay<Schema extends z.ZodType>(urls: readonly string[], path: string, schema: Schema) {
  for (const url of urls) {
    try {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(timeoutMs / 3) });
      const parsed = schema.safeParse(response.ok ? await response.json() : undefined);
      if (parsed.success) return parsed.data;
    } catch {
      // The next relay may answer.
    }
  }
  return undefined;
}

/** Waits as long as `Retry-After` says. */
async function ask(address: string): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    if ((response.status !== 429 && response.status !== 503) || tries === triesMax) return response;
    await response.body?.cancel();
    const seconds = Math.min(Number(response.headers.get('retry-after') ?? 1) || 1, 60);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
