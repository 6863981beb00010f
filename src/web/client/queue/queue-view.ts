/** The answers of the API about a waiting room, as far as the page uses them. */

export type Phase = 'closed' | 'pre_queue' | 'drawing' | 'open' | 'probably_sold_out' | 'over';

/** The document that all waiting buyers read: GET /v1/events/{slug}/queue. */
export type QueueView = {
  readonly phase: Phase;
  readonly preQueueOpensAt: string;
  readonly freezesAt: string;
  readonly opensAt: string;
  /** Opening time has passed, and the draw is not done. */
  readonly isLate: boolean;
  readonly isPaused: boolean;
  /** No ticket of the event is sold any more. */
  readonly isSaleOver: boolean;
  readonly places: number;
  /** Positions below this had been called at `servingAt`. */
  readonly serving: number;
  readonly servingAt: string;
  readonly ratePerSecond: number;
  /** Positions below this have lapsed. */
  readonly lapsedBelow: number;
  readonly stock: 'many' | 'few' | 'last' | 'none';
  readonly pollSeconds: number;
  readonly turnSeconds: number;
  readonly passSeconds: number;
  readonly challengeDifficulty: number;
  readonly draw: DrawSummary | null;
  readonly serverTime: string;
};

export type DrawSummary = {
  readonly number: number;
  readonly state: 'committed' | 'frozen' | 'drawn' | 'void';
  readonly seedHash: string;
  readonly beaconRound: number;
  readonly beaconRoundAt: string;
  readonly frozenPlaces: number | null;
  readonly merkleRoot?: string;
  readonly drawKey?: string;
};

/** GET /v1/events/{slug}/queue/draws: the commitments of each draw. */
export type DrawsView = {
  readonly eventId: string;
  readonly beacon: {
    readonly chain: string;
    readonly publicKey: string;
    readonly genesis: number;
    readonly periodSeconds: number;
  };
  readonly draws: readonly PublishedDraw[];
};

export type PublishedDraw = {
  readonly number: number;
  readonly state: 'committed' | 'frozen' | 'drawn' | 'void';
  readonly seedHash: string;
  readonly beaconRound: number;
  readonly beaconRoundAt: string;
  readonly committedAt: string;
  readonly frozenAt: string | null;
  readonly places: number | null;
  readonly voidedPlaces: readonly number[] | null;
  readonly merkleRoot: string | null;
  readonly rootedAt: string | null;
  readonly seed: string | null;
  readonly beaconSignature: string | null;
  readonly beaconRandomness: string | null;
  readonly drawKey: string | null;
};

/** GET /v1/events/{slug}/queue/proofs/{index}. */
export type ProofView = {
  readonly index: number;
  readonly places: number;
  readonly leaf: string;
  readonly siblings: readonly string[];
  readonly merkleRoot: string;
};

/** POST /v1/events/{slug}/queue/places. */
export type PlaceView = {
  readonly placeToken: string;
  readonly index: number;
  readonly accountKey: string;
  readonly salt: string;
};
