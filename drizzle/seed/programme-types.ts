/**
 * The demo's programme: believable events of one organiser, all over Indonesia. Times are relative to the day of seeding,
 * so that the demo is always current.
 */

/**
 * Days from the day of seeding, and the hour on the clock of the venue; hours from the full hour before seeding; or minutes from the
 * moment of seeding.
 */
export type When =
  | { readonly day: number; readonly hour: number }
  | { readonly hours: number }
  | { readonly minutes: number };

export type DemoCategory = {
  readonly name: string;
  readonly description: string;
  /** Rupiah. */
  readonly price: number;
  /** Name of the pool it draws from. */
  readonly pool: string;
  readonly perOrderMax?: number;
  readonly perBuyerMax?: number;
  /** If it differs from the event's. */
  readonly opens?: When;
  readonly closes?: When;
};

/** A waiting room whose pre-queue opens when the stack starts; its times are counted from there. */
export type DemoRoom = {
  readonly freezesAfterMinutes: number;
  readonly opensAfterMinutes: number;
  /** Buyers per second. */
  readonly rateMax: number;
  readonly turnSeconds: number;
  /** Buyers who are in the line already. They never come when they are called. */
  readonly others: number;
};

export type DemoEvent = {
  readonly slug: string;
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly category: 'concert' | 'festival' | 'theatre' | 'sport' | 'conference';
  readonly city: string;
  readonly venue: string;
  readonly address: string;
  readonly timeZone: 'Asia/Jakarta' | 'Asia/Makassar' | 'Asia/Jayapura';
  readonly doors: When;
  readonly starts: When;
  readonly ends: When;
  readonly saleOpens: When;
  readonly saleCloses: When;
  readonly feePerTicket: number;
  readonly ticketsPerBuyerMax?: number;
  readonly refundableUntilHours?: number;
  /** Places per pool. */
  readonly pools: Readonly<Record<string, number>>;
  readonly categories: readonly DemoCategory[];
  readonly schedule: readonly {
    readonly title: string;
    readonly stage: string;
    readonly stageEn?: string;
    readonly from: When;
    readonly to: When;
  }[];
  readonly gates: readonly {
    readonly name: string /** All, when absent. */;
    readonly categories?: readonly string[];
  }[];
  readonly promoCodes?: readonly {
    readonly code: string;
    readonly kind: 'percent' | 'amount';
    readonly value: number;
    readonly redemptionsMax?: number;
  }[];
  readonly room?: DemoRoom;
  /** Names of the buyers whose free orders take every place. */
  readonly soldOutTo?: readonly string[];
};
