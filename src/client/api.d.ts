// Generated from the contract by `npm run api:types`.

export type OrderWebhookData = {
  orderId: string;
  eventId: string;
  /** The code that the buyer reads out at the desk. */
  code: string;
  status: "paid" | "partially_refunded" | "refunded" | "cancelled" | "expired";
  /** Number of tickets ordered. */
  quantity: number;
  /** Number of live tickets now. */
  liveTickets: number;
  total: Money;
  placedAt: string;
  paidAt: string | null;
  closedAt: string | null;
  cancelledBy: "buyer" | "organizer" | "event" | null;
};

export type Money = { amount: number; currency: "IDR" | "USD" | "SGD" | "MYR" };

export type OrderChangeWebhookData = {
  orderId: string;
  eventId: string;
  code: string;
  status: OrderStatus;
  /** `buyer`: name or email. `holders`: names on tickets, or a ticket was given to somebody. `answers`: to your questions. */
  changed: ("buyer" | "holders" | "answers")[];
};

export type OrderStatus = "pending_payment" | "closing" | "paid" | "partially_refunded" | "refunded" | "expired" | "cancelled";

export type RefundWebhookData = {
  refundId: string;
  orderId: string;
  eventId: string;
  status: "processing" | "done";
  /** As `reason` of a refund in the API. */
  reason: string;
  amount: Money;
};

export type AdmissionWebhookData = {
  ticketId: string;
  orderId: string;
  eventId: string;
  ticketCategoryId: string;
  admittedAt: string;
  gate: string | null;
};

export type EventWebhookData = {
  eventId: string;
  slug: string;
  name: string;
  status: "draft" | "published" | "cancelled";
  sales: "open" | "closed";
  isPostponed: boolean;
  version: number;
  startsAt: string;
  endsAt: string;
  doorsOpenAt: string;
  timeZone: string;
  venue: string;
  city: string;
  /** Fields of the event in the API that differ from the previous version. */
  changed: string[];
};

export type TestWebhookData = { endpointId: string };

export type OfflineScan = {
  /** The text that the scanner read: the code in any case, with blanks or hyphens, with prefixes and control characters of scanners, or a link that contains it. Any other text is "invalid". Omit it only with `ticketId`. */
  code?: string;
  /** Instead of a code: a ticket found by search on the door list. */
  ticketId?: string;
  /** The scanner's own id of this scan, the same on every retry; unique per event, login and device. With another code, direction or gate it is refused. */
  scanId: string;
  /** The scanner's own id, created once per installation. It tells apart two phones on one login. */
  deviceId?: string;
  /** Id or name of a gate, or any other label. Case, blanks and Unicode form are ignored. */
  gate?: string;
  direction?: "entry" | "exit";
  /** When it was scanned, by the device's own clock. */
  scannedAt: string;
  /** The server's time minus the device's at the scan, if the device knows it. Otherwise `sentAt` is used. */
  clockOffsetMs?: number;
  result?: ScanResult;
};

/** The door's decision. `admitted` and `exited` mean that the person went through, and are recorded as such. If omitted, the person went through, unless this device has let the ticket in before. */
export type ScanResult = "admitted" | "exited" | "already_used" | "revoked" | "invalid" | "wrong_event" | "not_paid" | "too_early" | "too_late" | "wrong_gate" | "gate_closed" | "no_reentry" | "zone_full";

/** Event `order`: the order has changed; read it again. */
export type LiveOrder = {
  orderId: string;
  /** The new status of the order, if known. */
  status?: OrderStatus;
  /** The new status of its payment, if known. */
  payment?: string;
};

/** Event `sales`: a snapshot of everything that a desk watches. */
export type LiveSales = {
  at: string;
  perSecond: {
    /** Per second, averaged over the last five. */
    orders: number;
    /** Per second, averaged over the last five. */
    paid: number;
    /** Per second, averaged over the last five. */
    checkIns: number;
    /** Per second, averaged over the last five. */
    messages: number;
  };
  orders: {
    placed: number;
    /** Not paid yet. */
    held: number;
    /** Those that can be paid now. */
    instructed: number;
    paid: number;
    refunded: number;
    expired: number;
    cancelled: number;
  };
  messages: { waiting: number; sent: number; delivered: number; failed: number };
  checkIns: {
    tickets: number;
    admitted: number;
    inside: number;
    gates: {
      gate: string | null;
      entries: number;
      exits: number;
      refused: number;
      conflicts: number;
    }[];
    zones: Zone[];
  };
  sales: SalesFigures;
};

export type Zone = {
  id: string;
  name: string;
  capacity: number | null;
  /** People inside now. May exceed the capacity, because offline doors cannot see each other. */
  inside: number;
};

export type SalesFigures = {
  eventId: string;
  ticketCategories: {
    ticketCategoryId: string;
    name: string;
    poolId: string;
    /** Free places of its pool, which may be shared with other categories. */
    available: number;
    /** Live tickets. */
    paid: number;
    /** Places of orders that are not paid yet. */
    held: number;
    /** Prices of live tickets, before discounts and fees. */
    revenue: Money;
  }[];
  pools: Pool[];
  total: {
    /** Live tickets. */
    paid: number;
    /** Places of orders that are not paid yet. */
    held: number;
    /** Prices of live tickets, before discounts and fees. */
    revenue: Money;
    /** Fees that gateways added to buyers' payments and keep. Not part of the revenue. */
    gatewayFees: Money;
  };
};

export type Pool = {
  id: string;
  name: string;
  capacity: number;
  available: number;
  held: number;
  sold: number;
  blocked: number;
};

export type Listing = { data: ListedEvent[]; nextCursor: string | null };

export type ListedEvent = {
  id: string;
  slug: string;
  name: string;
  /** The same in English; null if there is none. */
  nameEn: string | null;
  summary: string;
  /** The same in English; null if there is none. */
  summaryEn: string | null;
  category: string;
  city: string;
  venue: string;
  timeZone: string;
  startsAt: string;
  endsAt: string;
  status: "draft" | "published" | "cancelled";
  /** The event has no date: its times are those from before the postponement. */
  isPostponed: boolean;
  priceFrom: Money | null;
  organizer: { slug: string; name: string };
  /** Files are at `path` + `/small`, `/medium`, `/large` + `.avif` or `.jpg` (480x300, 960x600, 1600x1000 pixels), and `/share.jpg` (1200x630). They never change. */
  picture: {
    path: string;
    /** Description for people who cannot see it; empty for a decorative picture. */
    alt: string;
  } | null;
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: FieldFault[];
};

export type FieldFault = {
  path: string;
  code: string;
  /** In English. */
  message: string;
  messages: { en: string; id: string };
};

export type Event = ListedEvent & {
  description: string;
  /** The same in English; null if there is none. */
  descriptionEn: string | null;
  address: string;
  currency: "IDR" | "USD" | "SGD" | "MYR";
  /** ISO 3166-1, two letters. */
  country: string;
  doorsOpenAt: string;
  sales: "open" | "closed";
  ticketsPerOrderMax: number;
  ticketsPerBuyerMax: number | null;
  feePerTicket: Money;
  refundableUntilHours: number | null;
  /** Buyers may give their tickets to others. */
  transfersAllowed: boolean;
  /** People can wait for places of sold-out categories. */
  hasWaitingList: boolean;
  /** Hours before the doors open until which buyers can give names of holders and answers. */
  detailsUntilHours: number;
};

export type Schedule = { data: ScheduleItem[]; nextCursor: string | null };

export type ScheduleItem = {
  id: string;
  title: string;
  /** The same in English; null if there is none. */
  titleEn: string | null;
  stage: string;
  /** The same in English; null if there is none. */
  stageEn: string | null;
  description: string;
  /** The same in English; null if there is none. */
  descriptionEn: string | null;
  startsAt: string;
  endsAt: string;
};

export type TicketCategories = { data: TicketCategory[]; nextCursor: string | null };

export type TicketCategory = {
  id: string;
  name: string;
  /** The same in English; null if there is none. */
  nameEn: string | null;
  description: string;
  /** The same in English; null if there is none. */
  descriptionEn: string | null;
  price: Money;
  saleOpensAt: string;
  saleClosesAt: string;
  saleState: "upcoming" | "open" | "closed";
  perOrderMin: number;
  perOrderMax: number;
  perBuyerMax: number | null;
  /** Each ticket carries the name of its holder, which the buyer gives after paying. */
  hasHolderNames: boolean;
};

export type Organizer = {
  slug: string;
  name: string;
  contact: {
    /** Shown to buyers. Replies to mails about orders go to it. */
    email: string | null;
    /** Shown to buyers as written. */
    phone: string | null;
  };
  /** In Indonesian and English. If one is empty, its readers get the other; if both are empty, there is no page. */
  privacy: { id: string; en: string };
  /** In Indonesian and English. If one is empty, its readers get the other; if both are empty, there is no page. */
  terms: { id: string; en: string };
};

export type Availability = {
  data: { ticketCategoryId: string; band: "many" | "few" | "last" | "none" }[];
  nextCursor: string | null;
};

export type Draws = {
  eventId: string;
  /** docs/features/draw.md explains how to repeat it. */
  method: "antre.draw.v1";
  leavesPerChunk: 1024;
  preQueueOpensAt: string;
  freezesAt: string;
  opensAt: string;
  rules: {
    leadSeconds: number;
    revealWithinSeconds: number;
    beaconWithinSeconds: number;
  };
  beacon: {
    /** 32 bytes in hex */
    chain: string;
    scheme: "bls-unchained-g1-rfc9380";
    /** 96 bytes in hex */
    publicKey: string;
    /** Time of round 1 in seconds since 1970. */
    genesis: number;
    periodSeconds: number;
    urls: string[];
  };
  /** All draws, including void ones; the last one counts. */
  draws: Draw[];
};

export type Draw = {
  number: number;
  state: "committed" | "frozen" | "drawn" | "void";
  /** 32 bytes in hex */
  seedHash: string;
  /** 32 bytes in hex */
  beaconChain: string;
  beaconRound: number;
  beaconRoundAt: string;
  /** The round comes at least this long after the freeze, or after the previous, void draw. */
  leadSeconds: number;
  committedAt: string;
  frozenAt: string | null;
  /** Number of places at the freeze: indexes 0 to places - 1. */
  places: number | null;
  voidedPlaces: number[] | null;
  /** 32 bytes in hex */
  merkleRoot: string | null;
  rootedAt: string | null;
  /** 32 bytes in hex */
  seed: string | null;
  revealedAt: string | null;
  /** 48 bytes in hex */
  beaconSignature: string | null;
  /** 32 bytes in hex */
  beaconRandomness: string | null;
  /** 32 bytes in hex */
  drawKey: string | null;
  drawnAt: string | null;
  voidReason: "rescheduled" | "freeze_late" | "root_late" | "seed_late" | "seed_lost" | "beacon_missing" | null;
};

export type PlaceProof = {
  eventId: string;
  index: number;
  places: number;
  /** 32 bytes in hex */
  leaf: string;
  /** From the leaf up to the root (RFC 9162, 2.1.3). */
  siblings: string[];
  /** 32 bytes in hex */
  merkleRoot: string;
};

export type QueuePlace = {
  /** Proves the place; keep it. Joining again returns it again. */
  placeToken: string;
  /** Number of places given out before. The draw computes the position from it. */
  index: number;
  /** The buyer in the published list, hashed with `salt`. */
  accountKey: string;
  /** 16 bytes in hex, shown to nobody else. */
  salt: string;
  phase: "closed" | "pre_queue" | "drawing" | "open" | "probably_sold_out" | "over";
  joinedAt: string;
};

export type JoinQueue = {
  /** The solved challenge as the ALTCHA widget sends it: base64 of JSON with `challenge` and `solution`. */
  challenge?: string;
  /** Index of your own place whose turn has passed without an order, or, once, with an order that ended unpaid. The place and all its passes end, and you get a place at the end of the line. Otherwise 409 `queue.place_kept`. */
  insteadOf?: number;
};

export type QueueChallenge = { parameters: Record<string, unknown>; signature: string };

export type Pass = {
  /** For the header `Queue-Pass` of `POST /v1/orders`. */
  pass: string;
  expiresAt: string;
};

export type PassRequest = { placeToken: string };

export type Queue = {
  phase: QueuePhase;
  preQueueOpensAt: string;
  freezesAt: string;
  opensAt: string;
  /** The opening time has passed, but the draw is not finished. */
  isLate: boolean;
  /** Nobody is called now, and no turn runs out: the room is paused, or its sale. */
  isPaused: boolean;
  /** The event was cancelled or is over, or its last sale has ended. */
  isSaleOver: boolean;
  /** Places given out. */
  places: number;
  /** Positions below this have been called, at `servingAt`. */
  serving: number;
  servingAt: string;
  /** Positions called per second; extrapolate with it until the next poll. */
  ratePerSecond: number;
  /** The turn of positions below this is over. */
  lapsedBelow: number;
  stock: "many" | "few" | "last" | "none";
  /** When to poll again without a place. With a place: a quarter of (position - serving) / ratePerSecond, between 2 and 60 seconds. Multiply either by a random number between 0.8 and 1.2. */
  pollSeconds: number;
  /** How long a turn lasts, in which the place can be exchanged for a pass. */
  turnSeconds: number;
  passSeconds: number;
  /** Difficulty of the challenge for joining; 0 for none. */
  challengeDifficulty: number;
  draw: {
    number: number;
    state: "committed" | "frozen" | "drawn" | "void";
    seedHash: string;
    beaconChain: string;
    beaconRound: number;
    beaconRoundAt: string;
    frozenPlaces: number | null;
    merkleRoot?: string;
    seed?: string;
    beaconRandomness?: string;
    drawKey?: string;
  } | null;
  serverTime: string;
};

export type QueuePhase = "closed" | "pre_queue" | "drawing" | "open" | "probably_sold_out" | "over";

export type WaitingRoom = {
  preQueueOpensAt: string;
  freezesAt: string;
  opensAt: string;
  drawLeadSeconds: number;
  /** Buyers per second. */
  rateMax: number;
  turnSeconds: number;
  passSeconds: number;
  challengeDifficulty: number;
  eventId: string;
  phase: QueuePhase;
  isPaused: boolean;
  /** Nobody is called now, and no turn runs out: it is paused, or no order can be placed. */
  isStill: boolean;
  isLate: boolean;
  places: number;
  /** Positions called so far. */
  served: number;
  waiting: number;
  /** Positions whose turn is over, whether the buyers came or not. */
  lapsed: number;
  /** Places exchanged for a pass, as reported by the processes so far. */
  exchanged: number;
  /** Orders placed with a pass. */
  orders: number;
  /** Buyers let in per second now. */
  admissionRate: number;
  /** Positions called per second now. */
  ratePerSecond: number;
  /** The share of called buyers who come. */
  showRatio: number;
  draw: {
    number: number;
    state: "committed" | "frozen" | "drawn" | "void";
    beaconRoundAt: string;
  } | null;
};

export type WaitingRoomPlan = {
  preQueueOpensAt: string;
  freezesAt: string;
  opensAt: string;
  /** Seconds from the freeze to the beacon round that decides the draw, in which the list is written and published. Default: half of the time from the freeze to the opening, between 30 s and 10 minutes. */
  drawLeadSeconds?: number;
  /** Buyers per second. */
  rateMax: number;
  turnSeconds?: number;
  passSeconds?: number;
  challengeDifficulty?: number;
};

export type PlacedOrder = Order & { accessToken: string };

export type Payment = {
  status: "creating" | "pending" | "paid" | "failed" | "expired" | "refunded" | "partially_refunded" | "review" | "none";
  /** `any` until the buyer has chosen, `none` for a free order. Otherwise a method of `ChoosePayment`, or another one of the gateway. */
  method: string;
  redirectUrl?: string;
  /** The content of the QR code to draw. */
  qrString?: string;
  vaNumber?: string;
  /** The bank of the number. */
  bank?: string;
  /** For a bill payment, with `billerCode`. */
  billKey?: string;
  billerCode?: string;
  /** The methods of `ChoosePayment` that are accepted now, given the amount and the remaining time. New gateways bring others. */
  methods?: string[];
  expiresAt?: string;
  refunded?: Money;
};

export type Order = {
  id: string;
  code: string;
  status: OrderStatus;
  eventId: string;
  eventSlug: string;
  buyer: { name: string; email: string; phone: string };
  lines: {
    ticketCategoryId: string;
    name: string;
    /** English version, if the order is read in English. */
    nameEn?: string;
    quantity: number;
    unitPrice: Money;
  }[];
  subtotal: Money;
  discount: Money;
  fees: Money;
  total: Money;
  placedAt: string;
  expiresAt: string;
  paidAt?: string;
  payment: Payment;
};

export type PlaceOrder = {
  eventSlug: string;
  buyer: Buyer;
  lines: { ticketCategoryId: string; quantity: number }[];
  /** As typed by the buyer: case, blanks, dashes and width of letters are ignored. Empty or blank means no code. */
  promoCode?: string;
  /** The total that was shown to the buyer. If the order costs more or less, nothing is ordered and the response is 409 `order.price_changed` with the new `total`. It may change under the same Idempotency-Key, so that the buyer can agree to the new total. */
  expectedTotal?: Money;
  locale?: "id" | "en";
};

export type Buyer = {
  name: string;
  email: string;
  /** With + or 00 and the country code, or as dialled within `phoneCountry`. Refused with the code `phone.invalid`, `phone.not_mobile` or `phone.ambiguous` in `errors`. */
  phone: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
};

export type Quote = { subtotal: Money; discount: Money; fees: Money; total: Money };

export type QuoteOrder = {
  lines: { ticketCategoryId: string; quantity: number }[];
  /** As typed by the buyer: case, blanks, dashes and width of letters are ignored. Empty or blank means no code. */
  promoCode?: string;
};

export type LookUpOrder = {
  email?: string;
  /** With + or 00 and the country code, or as dialled within `phoneCountry`. Refused with the code `phone.invalid`, `phone.not_mobile` or `phone.ambiguous` in `errors`. */
  phone?: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
  code?: string;
};

export type TicketList = {
  data: Ticket[];
  nextCursor: null;
  /** The wallets for which this service creates passes. */
  wallets: ("apple" | "google")[];
};

export type Ticket = {
  id: string;
  /** The content of the QR code. */
  code: string;
  /** What a person can type at the door. The same as `code`, unless the event has signed codes. */
  shortCode: string;
  ticketCategoryId: string;
  status: "live" | "revoked";
  /** As given by the buyer; null if none was given. */
  holderName: string | null;
};

export type OrderDetails = {
  /** The last moment for changes; null while the event has no date. */
  until: string | null;
  isOpen: boolean;
  /** All names and all required answers were given. */
  isComplete: boolean;
  /** The time zone of the event. */
  timeZone: string;
  /** The live tickets; empty before the order is paid. */
  tickets: {
    ticketId: string;
    ticketCategoryId: string;
    ticketCategory: string;
    ticketCategoryEn: string | null;
    /** Whether the ticket carries a name. */
    hasHolderName: boolean;
    holderName: string | null;
  }[];
  /** Empty before the order is paid. */
  questions: AskedQuestion[];
  answers: { questionId: string; ticketId: string | null; value: string }[];
};

export type AskedQuestion = {
  id: string;
  text: string;
  textEn: string | null;
  kind: "text" | "choice" | "yes_no";
  scope: "order" | "ticket";
  choices: { text: string; textEn: string | null }[];
  isRequired: boolean;
};

export type GiveOrderDetails = {
  tickets?: { ticketId: string; holderName: string }[];
  answers?: GivenAnswer[];
};

export type GivenAnswer = {
  questionId: string;
  /** Required for a question that is asked for each ticket. */
  ticketId?: string | null;
  /** One of the choices, `yes` or `no`, or a text. An empty text withdraws an optional answer. */
  value: string;
};

export type QuestionList = { data: Question[]; nextCursor: string | null };

export type Question = {
  id: string;
  text: string;
  textEn: string | null;
  kind: "text" | "choice" | "yes_no";
  scope: "order" | "ticket";
  choices: { text: string; textEn: string | null }[];
  isRequired: boolean;
  position: number;
  /** A closed question is no longer asked; its answers stay. */
  status: "open" | "closed";
  /** Number of answers. */
  answers: number;
};

export type CreateQuestion = {
  text: string;
  /** English version; without it, `text` is shown. */
  textEn?: string | null;
  kind: "text" | "choice" | "yes_no";
  /** Asked once for the order, or for each of its tickets. */
  scope: "order" | "ticket";
  /** The options of a `choice`. `text` is stored as the answer, whatever the language of the page. */
  choices?: QuestionChoice[];
  isRequired?: boolean;
  position?: number;
};

export type QuestionChoice = { text: string; textEn?: string | null };

export type ChangeQuestion = {
  text?: string;
  /** English version; without it, `text` is shown. */
  textEn?: string | null;
  /** The options of a `choice`. `text` is stored as the answer, whatever the language of the page. */
  choices?: QuestionChoice[];
  isRequired?: boolean;
  position?: number;
  status?: "open" | "closed";
};

export type Transfers = {
  /** Whether tickets of this event can be transferred now. */
  isOpen: boolean;
  tickets: {
    ticketId: string;
    ticketCategoryId: string;
    ticketCategory: string;
    ticketCategoryEn: string | null;
    /** To whom the buyer gave the ticket; null while the buyer has it. */
    holder: { name: string; since: string } | null;
  }[];
};

export type TransferTicket = { ticketId: string; holder: { name: string; email: string } };

export type HeldTicket = {
  id: string;
  /** The content of the QR code, and the code that a person can type; null if the ticket is not live. */
  code: { code: string; shortCode: string } | null;
  ticketCategory: string;
  ticketCategoryEn: string | null;
  holderName: string;
  /** False if it certainly cannot be transferred. */
  isTransferable: boolean;
  /** The wallets for which this service creates passes. */
  wallets: ("apple" | "google")[];
  event: {
    slug: string;
    name: string;
    nameEn: string | null;
    venue: string;
    city: string;
    timeZone: string;
    startsAt: string;
    doorsOpenAt: string;
    isPostponed: boolean;
  };
};

export type TransferHeldTicket = { holder: { name: string; email: string } };

export type GoogleWalletLink = {
  /** Opens Google Wallet. Signed, and created anew for each request. */
  url: string;
};

export type WaitingLines = {
  data: {
    ticketCategoryId: string;
    name: string;
    /** Places that return to the pool go only to the waiting list. */
    isListed: boolean;
    /** People with a confirmed address. */
    waiting: number;
    /** The places that they want in total. */
    tickets: number;
    /** When the first of them joined; null if nobody is waiting. */
    waitingSince: string | null;
    /** Offered orders: not paid yet; paid; expired or cancelled without payment. */
    offers: { open: number; taken: number; lapsed: number };
  }[];
  nextCursor: null;
};

export type JoinWaitingList = {
  ticketCategoryId: string;
  quantity: number;
  buyer: Buyer;
  locale?: "id" | "en";
};

export type WaitingEntry = {
  /** `ended`: the order for the offer was refused by a limit of the sale. */
  status: "unconfirmed" | "waiting" | "offered" | "ended";
  quantity: number;
  ticketCategory: string;
  ticketCategoryEn: string | null;
  eventName: string;
  eventNameEn: string | null;
  eventSlug: string;
  /** The position in the line, counted from one; null if not in it. */
  position: number | null;
};

export type TicketCodes = {
  /** `opaque`: 26 random characters. `signed`: 140 characters with an Ed25519 signature, which a device can verify offline, even if the ticket is not on its list. */
  codes: "opaque" | "signed";
  keys: {
    keyId: number;
    /** The 32 bytes in hex. */
    publicKey: string;
    status: "signing" | "accepted" | "withdrawn";
    createdAt: string;
  }[];
};

export type TicketCodesChange = {
  /** `opaque`: 26 random characters. `signed`: 140 characters with an Ed25519 signature, which a device can verify offline, even if the ticket is not on its list. */
  codes: "opaque" | "signed";
};

export type TicketKeyRotation = {
  /** Whether codes of earlier keys are refused from now on, because somebody else may have those keys. */
  withdrawEarlier?: boolean;
};

export type PhoneReading = {
  /** E.164, as orders store it and messages use it. */
  phone: string;
  /** The same, formatted for people. */
  display: string;
  /** The country of the number. */
  country: string | null;
};

export type ReadPhone = {
  eventSlug: string;
  /** With + or 00 and the country code, or as dialled within `phoneCountry`. Refused with the code `phone.invalid`, `phone.not_mobile` or `phone.ambiguous` in `errors`. */
  phone: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
};

export type ChoosePayment = {
  method: "any" | "qris" | "gopay" | "shopeepay" | "card" | "bank_transfer" | "bca_va" | "bni_va" | "bri_va" | "mandiri_bill" | "permata_va" | "store";
};

export type PaymentAccount = {
  gateway: "midtrans";
  merchantId: string;
  buyerPaysFee: boolean;
  updatedAt: string;
};

export type SetPaymentAccount = {
  merchantId: string;
  serverKey: string;
  clientKey: string;
  /** Whether the account adds the gateway's fee to what buyers pay. If so, any amount above the total of an order is booked as that fee, even if the gateway does not state it. If not, an unexplained amount above the total goes back to the buyer. */
  buyerPaysFee?: boolean;
};

export type PaymentAccountTest = {
  /** `refused`: the gateway rejects the keys. `no_answer`: it could not be reached, or gave no clear answer. `busy`: its rate limit is used up, or it has failed several times in a row. */
  result: "works" | "refused" | "no_answer" | "busy";
  /** The gateway's answer. */
  code?: string;
};

export type Refunds = { data: Refund[] };

export type Refund = {
  id: string;
  orderId: string;
  amount: Money;
  reason: "requested" | "buyer_cancelled" | "late_payment" | "double_payment" | "underpaid" | "surplus" | "over_limit" | "event_cancelled" | "external" | "wrong_facts";
  status: "requested" | "processing" | "done" | "failed" | "manual_required";
  ticketIds: string[] | null;
  failure: string | null;
  createdAt: string;
  doneAt: string | null;
};

export type RequestRefund = { amount?: number; ticketIds?: string[]; reason: string; restock?: boolean };

export type RefundPreview = {
  /** The amount that the buyer would get back. */
  amount: Money;
  /** The amount that could still be refunded afterwards. */
  left: Money;
  /** Tickets that would be revoked. */
  ticketIds: string[];
  /** The fees of these tickets would not go back. */
  feesKept: boolean;
};

export type PreviewRefund = { amount?: number; ticketIds?: string[] };

export type RefundPage = { data: Refund[]; nextCursor: string | null };

export type RefundSummary = {
  /** Orders that still have valid tickets or money: of a cancelled event, still to refund. */
  ordersLeft: number;
  /** The money of these orders that has not been refunded: what goes back if the event is cancelled. */
  amountLeft: Money;
  /** By state and currency. */
  refunds: {
    status: "requested" | "processing" | "done" | "failed" | "manual_required";
    count: number;
    amount: Money;
  }[];
};

export type TaskPage = { data: Task[]; nextCursor: string | null };

export type Task = {
  id: string;
  kind: "refund_manual" | "wrong_facts" | "money_taken" | "contradiction" | "chargeback" | "partial_chargeback" | "review" | "payment_refused" | "gateway_silent";
  eventId: string;
  orderId: string;
  subjectId: string;
  detail: Record<string, string | number>;
  createdAt: string;
  resolvedAt: string | null;
  resolvedBy: string | null;
};

export type ResolveTask = {
  /** `done`: a person has done it; a manual refund is then booked as paid. `refund`: the gateway refunds the money, if it can. */
  action?: "done" | "refund";
  /** With `done`, for the kind `partial_chargeback` alone: what the bank took, in minor units; 0 if nothing. It is booked as lost. */
  amount?: number;
};

export type ResolvedTasks = {
  data: {
    taskId: string;
    /** Null if the task is resolved now; otherwise the code of the refusal, as for a single task. */
    refusal: string | null;
  }[];
};

export type ResolveTasks = { taskIds: string[] };

export type ScanAnswer = {
  result: ScanResult;
  ticket?: { id: string; ticketCategoryId: string; ticketCategory: string };
  /** When and where this ticket first entered. */
  firstAdmission?: { at: string; gate: string | null };
  /** Only if the organiser allows names at the door (`showsNames`). */
  guest?: {
    /** The holder's name if the ticket has one, else the buyer's. */
    name: string;
    orderCode: string;
    /** Live tickets of the order. */
    partySize: number;
  };
  /** The organiser's instructions for this category. */
  note?: string;
};

export type Scan = {
  eventId: string;
  /** The text that the scanner read: the code in any case, with blanks or hyphens, with prefixes and control characters of scanners, or a link that contains it. Any other text is "invalid". Omit it only with `ticketId`. */
  code?: string;
  /** Instead of a code: a ticket found by search on the door list. */
  ticketId?: string;
  /** The scanner's own id of this scan, the same on every retry; unique per event, login and device. With another code, direction or gate it is refused. */
  scanId: string;
  /** The scanner's own id, created once per installation. It tells apart two phones on one login. */
  deviceId?: string;
  /** Id or name of a gate, or any other label. Case, blanks and Unicode form are ignored. */
  gate?: string;
  direction?: "entry" | "exit";
};

export type ScanUndoAnswer = {
  ticketId: string;
  /** Whether somebody is inside with this ticket now. */
  inside: boolean;
};

export type ScanUndo = {
  eventId: string;
  /** The scanner's own id of this scan, the same on every retry; unique per event, login and device. With another code, direction or gate it is refused. */
  scanId: string;
  /** The scanner's own id, created once per installation. It tells apart two phones on one login. */
  deviceId?: string;
  reason: string;
};

export type CheckInSummary = {
  asOf: string;
  tickets: number;
  admitted: number;
  inside: number;
  conflicts: number;
  categories: {
    ticketCategoryId: string;
    name: string;
    tickets: number;
    admitted: number;
    inside: number;
  }[];
  gates: {
    gate: string | null;
    entries: number;
    exits: number;
    refused: number;
    conflicts: number;
  }[];
  zones: Zone[];
};

export type ScanSyncAnswer = {
  data: {
    /** Null if the item had no readable one. */
    scanId: string | null;
    /** The result of the scan. "refused": only this item was rejected; `problem` says why. */
    result: "admitted" | "exited" | "already_used" | "revoked" | "invalid" | "wrong_event" | "not_paid" | "too_early" | "too_late" | "wrong_gate" | "gate_closed" | "no_reentry" | "zone_full" | "refused";
    ticket?: { id: string; ticketCategoryId: string; ticketCategory: string };
    /** When and where this ticket first entered. */
    firstAdmission?: { at: string; gate: string | null };
    /** The door let this person in against the rules: the result that it should have given. */
    fault?: "revoked" | "invalid" | "wrong_event" | "not_paid" | "too_early" | "too_late" | "wrong_gate" | "gate_closed" | "no_reentry";
    /** The same ticket was let in twice: time and gate of the other entry. */
    conflict?: { at: string; gate: string | null };
    problem?: ScanProblem;
  }[];
};

export type ScanProblem = { code: string; detail: string; errors?: FieldFault[] };

export type ScanSync = {
  eventId: string;
  /** The scanner's own id, created once per installation. It tells apart two phones on one login. */
  deviceId?: string;
  /** When this was sent, by the device's own clock. The difference from the server's clock corrects the times of the scans. */
  sentAt?: string;
  scans: OfflineScan[];
};

export type DoorList = {
  event: {
    id: string;
    name: string;
    timeZone: string;
    doorsOpenAt: string;
    endsAt: string;
  };
  categories: {
    id: string;
    name: string;
    entryOpensAt: string | null;
    entryClosesAt: string | null;
    /** The organiser's instructions for this category. */
    doorNote: string | null;
  }[];
  gates: Gate[];
  zones: Zone[];
  /** The Ed25519 keys, in hex, whose codes are valid. A code of any other key is forged. */
  signing: {
    /** Bytes 3 to 6 of a signed code of this event, as a number. */
    eventNo: number;
    /** Whether new codes are signed. */
    isUsed: boolean;
    keys: { keyId: number; publicKey: string }[];
  };
  showsNames: boolean;
  data: {
    /** SHA-256, in hex, of the 26 characters of the code. */
    codeSha256: string;
    ticketCategoryId: string;
    /** `replaced`: the ticket has a newer code, and this one is refused. */
    status: "live" | "revoked" | "replaced";
    /** When and where the ticket first entered, and whether it is inside. */
    admission: { at: string; gate: string | null; inside: boolean } | null;
    /** Null unless `showsNames` is true. `phoneEnd`: the last four digits of the buyer's phone; null for a ticket that was given to somebody. `partySize`: live tickets of the order. */
    guest: {
      ticketId: string;
      name: string;
      phoneEnd: string | null;
      orderCode: string;
      partySize: number;
    } | null;
  }[];
  nextCursor: string | null;
  /** On the last page: use it later to get the changes since. Entries may be repeated. */
  syncCursor: string | null;
  asOf: string;
};

export type Gate = {
  id: string;
  name: string;
  ticketCategoryIds: string[] | null;
  opensAt: string | null;
  closesAt: string | null;
  /** Whether a used ticket may enter here again: never, after its exit was scanned, or always. */
  reEntry: "none" | "after_exit" | "always";
  zoneId: string | null;
};

export type CheckInConflicts = {
  data: {
    /** Null if the code is not a ticket of the event. */
    ticketId: string | null;
    /** The login. */
    actorId: string;
    /** The device's own id, or its login. */
    deviceId: string;
    scanId: string;
    at: string;
    gate: string | null;
    /** The name of the device, member or API key; null if it was deleted. */
    by: string | null;
    /** Let in against the rules: the result that the door should have given. */
    fault: "revoked" | "invalid" | "wrong_event" | "not_paid" | "too_early" | "too_late" | "wrong_gate" | "gate_closed" | "no_reentry" | null;
    /** Let in twice: the entry that counts. */
    other: {
      at: string;
      gate: string | null;
      deviceId: string | null;
      scanId: string | null;
      by: string | null;
    } | null;
  }[];
  nextCursor: string | null;
};

export type FoundGuests = {
  data: {
    /** As in the door list. */
    codeSha256: string;
    ticketCategoryId: string;
    status: "live" | "revoked";
    admission: { at: string; gate: string | null; inside: boolean } | null;
    guest: {
      ticketId: string;
      /** Null unless `showsNames` is true. */
      name: string | null;
      orderCode: string;
      /** Live tickets of the order. */
      partySize: number;
    };
  }[];
  /** `similar`: nothing matches. These are the guests whose name, code or number differs by one typing mistake. Without `showsNames`, only a code may differ. */
  match: "exact" | "similar";
  /** False if more tickets match. A longer text finds fewer. */
  isComplete: boolean;
};

export type SearchGuests = {
  /** A phone number in any common format, or an order code. If `showsNames` is true, also the beginning of a name or of each of its words, the beginning of a code, or at least the last four digits of a number. */
  q: string;
};

export type DoorSettings = {
  /** Whether devices may keep, and search by, the names of guests and the last digits of their phones. Otherwise devices keep only hashes of codes, and a guest is found by a complete phone number or order code. */
  showsNames: boolean;
  /** Instructions for the door staff by ticket category id, such as "blue wristband". */
  categoryNotes: Record<string, string>;
};

export type DoorSettingsChange = {
  /** Whether devices may keep, and search by, the names of guests and the last digits of their phones. Otherwise devices keep only hashes of codes, and a guest is found by a complete phone number or order code. */
  showsNames?: boolean;
  /** Instructions for the door staff by ticket category id, such as "blue wristband". */
  categoryNotes?: Record<string, string>;
};

export type ResentTickets = { data: { id: string }[] };

export type DeliveryList = { data: Delivery[]; nextCursor: null };

export type Delivery = {
  id: string;
  template: Template;
  channel: "email" | "whatsapp";
  version: number;
  status: "queued" | "sending" | "accepted" | "sent" | "delivered" | "read" | "failed" | "unknown" | "suppressed" | "capped";
  /** `left_to_email`: no WhatsApp sender could send it, and a mail has the same content. */
  failure: string | null;
  /** Masked; null if the order no longer has the address. */
  recipient: string | null;
  /** The WhatsApp sender; without a name if it is the platform's own. */
  sender: {
    kind: "whatsapp_cloud" | "waha" | "fonnte" | "wablas";
    externalId: string | null;
  } | null;
  createdAt: string;
  acceptedAt: string | null;
  deliveredAt: string | null;
};

export type Template = "tickets" | "order_cancelled" | "order_refunded" | "refund_done" | "order_placed" | "order_link" | "order_found" | "event_cancelled" | "event_moved" | "event_postponed" | "event_practical" | "event_news" | "event_reminder" | "payment_expiring" | "ticket_received" | "ticket_given" | "ticket_withdrawn" | "waiting_confirm" | "places_offered" | "staff_invitation" | "staff_password_reset" | "buyer_code" | "report_ready" | "report_failed" | "webhook_disabled" | "message_test";

export type DeliverySummary = {
  data: {
    template: Template;
    channel: "email" | "whatsapp";
    queued: number;
    /** Accepted by the provider. */
    sent: number;
    delivered: number;
    failed: number;
    /** Not sent: a suppressed address, a cap, or no longer true. */
    heldBack: number;
  }[];
  nextCursor: null;
};

export type Sender = {
  id: string;
  kind: "whatsapp_cloud" | "waha" | "fonnte" | "wablas";
  /** The provider's id of it: number id, session or device. */
  externalId: string;
  weight: number;
  messagesPerSecond: number;
  dailyCap: number | null;
  warmUpFrom: number | null;
  status: "active" | "cooling" | "disabled";
  coolingUntil: string | null;
  /** Open while the provider does not respond for this sender. */
  circuit: "closed" | "open";
  lastFailure: string | null;
  today: {
    cap: number | null;
    left: number | null;
    /** Accepted by the provider, whatever their outcome. */
    accepted: number;
    /** Including read ones. */
    delivered: number;
    read: number;
    failed: number;
    unknown: number;
  };
  createdAt: string;
};

export type CreateSender = {
  kind: "whatsapp_cloud";
  phoneNumberId: string;
  accessToken: string;
  appSecret: string;
  verifyToken: string;
  businessAccountId?: string;
  /** Its share of the recipients, relative to the other senders. */
  weight?: number;
  /** 0.1 is one message in ten seconds. */
  messagesPerSecond?: number;
  /** Messages per UTC day; null for no cap. */
  dailyCap?: number | null;
  /** The cap of the first day, which grows by half each day up to `dailyCap`. */
  warmUpFrom?: number | null;
} | {
  kind: "waha";
  instance: string;
  session: string;
  apiKey: string;
  hmacKey: string;
  /** Its share of the recipients, relative to the other senders. */
  weight?: number;
  /** 0.1 is one message in ten seconds. */
  messagesPerSecond?: number;
  /** Messages per UTC day; null for no cap. */
  dailyCap?: number | null;
  /** The cap of the first day, which grows by half each day up to `dailyCap`. */
  warmUpFrom?: number | null;
} | {
  kind: "fonnte";
  device: string;
  token: string;
  callbackKey: string;
  /** Its share of the recipients, relative to the other senders. */
  weight?: number;
  /** 0.1 is one message in ten seconds. */
  messagesPerSecond?: number;
  /** Messages per UTC day; null for no cap. */
  dailyCap?: number | null;
  /** The cap of the first day, which grows by half each day up to `dailyCap`. */
  warmUpFrom?: number | null;
} | {
  kind: "wablas";
  device: string;
  token: string;
  callbackKey: string;
  server: string;
  secretKey?: string;
  /** Its share of the recipients, relative to the other senders. */
  weight?: number;
  /** 0.1 is one message in ten seconds. */
  messagesPerSecond?: number;
  /** Messages per UTC day; null for no cap. */
  dailyCap?: number | null;
  /** The cap of the first day, which grows by half each day up to `dailyCap`. */
  warmUpFrom?: number | null;
};

export type SenderList = { data: Sender[]; nextCursor: null };

export type ChangeSender = {
  weight?: number;
  messagesPerSecond?: number;
  dailyCap?: number | null;
  warmUpFrom?: number | null;
};

export type SenderTemplateList = {
  checkedAt: string | null;
  data: {
    name: string;
    language: string;
    /** Meta's status: APPROVED, PENDING, REJECTED, PAUSED, ... */
    status: string;
    reason: string | null;
    /** Whether it is approved and has the variables that the service fills in. */
    isSent: boolean;
  }[];
  nextCursor: null;
};

export type MessageTest = {
  id: string;
  channel: "email" | "whatsapp";
  /** `queued`, `sending`: on its way. `accepted`, `sent`: the provider has it. `delivered`, `read`: a callback reported its arrival. `failed`: refused. `unknown`: sent, but the outcome is unknown. `suppressed`: the address is suppressed. */
  status: "queued" | "sending" | "accepted" | "sent" | "delivered" | "read" | "failed" | "unknown" | "suppressed" | "capped";
  /** The provider's reason, as a code. */
  failure: string | null;
  createdAt: string;
  acceptedAt: string | null;
  deliveredAt: string | null;
};

export type SendMessageTest = { channel: "email" } | { channel: "whatsapp"; senderId: string };

export type MessageTextList = { data: MessageText[]; nextCursor: null };

export type MessageText = {
  template: "ticket_issued" | "order_cancelled" | "order_refunded" | "event_cancelled" | "event_moved" | "event_postponed" | "event_practical" | "event_news" | "event_reminder" | "payment_expiring" | "buyer_code";
  locale: "id" | "en";
  body: string;
  /** False if it is the default text of the service. */
  isOwn: boolean;
  variables: {
    name: "name" | "event" | "time" | "place" | "order" | "organizer" | "text" | "code" | "link";
    isRequired: boolean;
  }[];
  changedAt: string | null;
};

export type ChangeMessageText = {
  /** With variables such as `{{name}}`. */
  body: string;
};

export type DraftedAnnouncement = Announcement & {
  /** How it reads to an invented buyer, in each language. */
  previews: AnnouncementPreview[];
  /** Confirms exactly this preview, for half an hour. */
  confirmationToken: string;
};

export type AnnouncementAudience = {
  /** Buyers with a valid ticket of one of these categories. */
  ticketCategoryIds?: string[];
  /** Buyers with at least one ticket that has entered (true), or with none (false). */
  checkedIn?: boolean;
};

export type AnnouncementText = {
  subject: string;
  /** Plain text; blank lines divide paragraphs. */
  text: string;
  /** The text for WhatsApp; required if `channels` contains `whatsapp`. */
  shortText?: string;
};

export type AnnouncementPreview = {
  locale: "id" | "en";
  email: { subject: string; text: string; html: string } | null;
  /** The text for senders without templates. Senders of the Cloud API send the template that Meta approved. */
  whatsapp: { text: string } | null;
};

export type Announcement = {
  id: string;
  eventId: string;
  kind: "practical" | "news" | "reminder";
  status: "draft" | "sending" | "sent" | "cancelled";
  channels: ("email" | "whatsapp")[];
  audience: AnnouncementAudience;
  /** Null for a reminder, whose text is fixed. */
  content: { id: AnnouncementText; en: AnnouncementText } | null;
  /** Number of different addresses when it was previewed or created. */
  recipients: { email: number; whatsapp: number };
  createdAt: string;
  confirmedAt: string | null;
  endedAt: string | null;
};

export type CreateAnnouncement = {
  /** Practical messages about the event go to every holder of a live ticket, news only to buyers who agreed. */
  kind: "practical" | "news";
  channels: ("email" | "whatsapp")[];
  /** If empty, all buyers of the event. */
  audience?: AnnouncementAudience;
  content: { id: AnnouncementText; en: AnnouncementText };
};

export type AnnouncementList = { data: Announcement[]; nextCursor: string | null };

export type ShownAnnouncement = Announcement & { progress: { email: AnnouncementProgress; whatsapp: AnnouncementProgress } };

export type AnnouncementProgress = {
  /** Not queued yet. */
  waiting: number;
  queued: number;
  /** Accepted by the provider. */
  sent: number;
  delivered: number;
  failed: number;
  /** Not sent: a suppressed address, a cap, or no longer true. */
  heldBack: number;
};

export type AnnouncementConfirmation = { confirmationToken: string };

export type MessageSettings = {
  /** Hours before the start at which holders of live tickets are reminded; null for never. Default: 24. */
  reminderHours: number | null;
  /** Minutes before the end of the time to pay at which buyers are reminded, if that time is at least twice as long; null for never. Default: 5. */
  paymentReminderMinutes: number | null;
  /** `automatic`: holders are told that the event is called off, postponed or moved some minutes after the last change. `confirmed`: only once the notice is confirmed. Default: `automatic`. */
  changeNotices: "automatic" | "confirmed";
};

export type PreviewedChange = {
  /** Orders: each has its own calendar entry. */
  recipients: { email: number; whatsapp: number };
  /** How it reads in each language; empty if nobody is told of such a change. */
  previews: AnnouncementPreview[];
};

export type PlannedChange = {
  kind: "cancelled" | "moved" | "postponed";
  startsAt?: string;
  endsAt?: string;
  doorsOpenAt?: string;
  timeZone?: string;
  venue?: string;
  address?: string;
  city?: string;
};

export type ChangeNoticeList = { data: ChangeNotice[]; nextCursor: string | null };

export type ChangeNotice = {
  id: string;
  kind: "cancelled" | "moved" | "postponed";
  /** `held`: waits for its confirmation. `waiting`: waits for its time. `ended`: completely sent, cancelled, or withdrawn. */
  status: "held" | "waiting" | "sending" | "ended";
  createdAt: string;
  dueAt: string | null;
  confirmedAt: string | null;
  startedAt: string | null;
  endedAt: string | null;
};

export type ShownChangeNotice = ChangeNotice & {
  /** Orders: each has its own calendar entry. */
  recipients: { email: number; whatsapp: number };
  previews: AnnouncementPreview[];
  progress: { email: MessageStates; whatsapp: MessageStates };
  /** Confirms exactly this preview; null if nothing is waiting. */
  confirmationToken: string | null;
};

export type MessageStates = {
  queued: number;
  /** Accepted by the provider. */
  sent: number;
  delivered: number;
  failed: number;
  /** Not sent: a suppressed address, a cap, or no longer true. */
  heldBack: number;
};

export type InboundMessageList = { data: InboundMessage[]; nextCursor: string | null };

export type InboundMessage = {
  id: string;
  senderId: string;
  /** In E.164. */
  phone: string;
  /** Empty for pictures, voice messages and other media. */
  text: string;
  /** The word that turned news off or on. */
  command: "stop" | "start" | null;
  receivedAt: string;
};

export type NewsConsent = {
  /** The version of the wording that the buyer agreed to. */
  wording: string;
  locale: "id" | "en";
};

export type NewsAudience = { email: number; whatsapp: number };

export type SuppressionList = { data: Suppression[]; nextCursor: string | null };

export type Suppression = {
  id: string;
  channel: "email" | "whatsapp";
  /** Masked; null if no order has the address any more, or if the message was not about an order. */
  recipient: string | null;
  reason: "no_such_mailbox" | "complaint" | "no_whatsapp";
  /** Null if permanent. */
  until: string | null;
  createdAt: string;
};

export type MadeWebhookEndpoint = WebhookEndpoint & {
  /** Signs the webhooks of this endpoint. Shown only once. */
  secret: string;
};

export type WebhookType = "order.paid" | "order.expired" | "order.cancelled" | "order.changed" | "order.refunded" | "refund.paid" | "ticket.checked_in" | "event.published" | "event.changed" | "event.cancelled";

export type WebhookEndpoint = {
  id: string;
  url: string;
  types: WebhookType[];
  description: string;
  status: "active" | "disabled";
  disabledReason: "organizer" | "failing" | "gone" | null;
  disabledAt: string | null;
  /** Since when every try has failed. */
  failingSince: string | null;
  /** Nothing is sent until then. */
  pausedUntil: string | null;
  createdAt: string;
};

export type CreateWebhookEndpoint = {
  /** Begins with https:// and resolves to public addresses only. Port 443 or 8443. */
  url: string;
  types: WebhookType[];
  description?: string;
};

export type WebhookEndpointList = { data: WebhookEndpoint[]; nextCursor: string | null };

export type ChangeWebhookEndpoint = {
  /** Begins with https:// and resolves to public addresses only. Port 443 or 8443. */
  url?: string;
  types?: WebhookType[];
  description?: string;
  status?: "active" | "disabled";
};

export type RotatedWebhookSecret = {
  /** Signs the webhooks of this endpoint. Shown only once. */
  secret: string;
  /** Until then, webhooks carry one signature for each of the two secrets. */
  previousUntil: string;
};

export type SentTestWebhook = { webhookId: string };

export type WebhookDeliveryList = { data: WebhookDelivery[]; nextCursor: string | null };

export type WebhookDelivery = {
  webhookId: string;
  type: "order.paid" | "order.expired" | "order.cancelled" | "order.changed" | "order.refunded" | "refund.paid" | "ticket.checked_in" | "event.published" | "event.changed" | "event.cancelled" | "webhook.test";
  subjectId: string;
  eventId: string | null;
  occurredAt: string;
  status: "pending" | "delivered" | "failed";
  tries: number;
  nextTryAt: string | null;
  deliveredAt: string | null;
  lastTry: {
    at: string;
    answerStatus: number | null;
    /** Why it failed. `status`: no 2xx; see `answerStatus`. */
    failure: "status" | "redirect" | "timeout" | "no_public_address" | "dns_failed" | "connection_refused" | "tls" | "connection_failed" | null;
    tookMs: number | null;
  } | null;
};

export type WebhookDeliveryWithBody = WebhookDelivery & {
  /** The exact body. */
  body: string;
};

export type ReplayedWebhooks = {
  /** At most 10000. */
  replayed: number;
  /** There are more after this time; use it as the next `since`. */
  until: string | null;
};

export type ReplayWebhooks = {
  since: string;
  /** `undelivered`: failed webhooks, and those without a delivery. `all`: also delivered ones. */
  include?: "undelivered" | "all";
};

export type SignedIn = {
  accessToken: string;
  expiresAt: string;
  /** Keep it in this client, and send it as `knownClientToken`. It gives no access. */
  knownClientToken: string;
};

export type SignIn = {
  email: string;
  password: string;
  /** The token from an earlier response. With it, strangers who use up the tries of this address do not lock you out. */
  knownClientToken?: string;
};

export type WhoAmI = {
  kind: "staff" | "api_key" | "device";
  id: string;
  name: string;
  email?: string;
  role: Role;
  organizer: { slug: string; name: string };
  /** The one event that a device scans for. */
  eventId?: string;
  /** The events that a member is limited to. */
  eventIds?: string[];
  /** The events at which a member with the role door is the manager. */
  managerEventIds?: string[];
  /** The areas that an API key is limited to. */
  scopes?: ("sales.read" | "orders.read" | "orders.write" | "refunds" | "events.read" | "events.write" | "check_in" | "messages" | "reports" | "webhooks" | "team")[];
  sessionId?: string;
  expiresAt?: string;
};

export type Role = "owner" | "manager" | "door";

export type Session = { id: string; current: boolean; createdAt: string; expiresAt: string };

export type AcceptInvitation = { token: string; name: string; password: string };

export type RequestPasswordReset = {
  email: string;
  /** The token from an earlier response. With it, strangers who use up the tries of this address do not lock you out. */
  knownClientToken?: string;
};

export type ConfirmPasswordReset = {
  token: string;
  password: string;
  /** What to keep, by id or all of a kind: `api_keys`, `devices`, `invitations`. All other access that was given ends. */
  keep?: ("api_keys" | "devices" | "invitations" | string)[];
};

export type SignUp = {
  slug: string;
  name: string;
  ownerEmail: string;
  ownerName?: string;
  locale?: "id" | "en";
};

export type StaffMember = {
  id: string;
  email: string;
  name: string;
  role: Role;
  eventIds: string[] | null;
  managerEventIds: string[] | null;
  status: "invited" | "active" | "disabled";
  locale: "id" | "en";
  createdAt: string;
};

export type InviteStaff = {
  email: string;
  name: string;
  role: Role;
  locale?: "id" | "en";
  /** The events that the member is limited to; null for all. An owner works at all events. */
  eventIds?: string[] | null;
  /** The events at which a member with the role door is the manager; null for none. The member also works at them, whatever `eventIds` says. */
  managerEventIds?: string[] | null;
};

export type ChangeStaff = {
  role?: Role;
  /** The events that the member is limited to; null for all. An owner works at all events. */
  eventIds?: string[] | null;
  /** The events at which a member with the role door is the manager; null for none. The member also works at them, whatever `eventIds` says. */
  managerEventIds?: string[] | null;
  /** What to keep, by id or all of a kind: `api_keys`, `devices`, `invitations`. All other access that was given ends. */
  keep?: ("api_keys" | "devices" | "invitations" | string)[];
};

export type MadeAccess = {
  member: StaffMember;
  apiKeys: ApiKey[];
  devices: Device[];
  /** Not accepted yet. */
  invitations: StaffMember[];
  /** Members who accepted an invitation; they stay. */
  members: StaffMember[];
};

export type ApiKey = {
  id: string;
  name: string;
  role: "manager" | "door";
  /** Null for a key from before scopes existed, which may do everything that its role allows. */
  scopes: ("sales.read" | "orders.read" | "orders.write" | "refunds" | "events.read" | "events.write" | "check_in" | "messages" | "reports" | "webhooks" | "team")[] | null;
  createdBy: string;
  createdAt: string;
  endedAt: string | null;
};

export type Device = {
  id: string;
  eventId: string;
  name: string;
  createdBy: string;
  createdAt: string;
  endedAt: string | null;
};

export type CreatedApiKey = ApiKey & {
  /** Shown only once. */
  key: string;
};

export type CreateApiKey = {
  name: string;
  role: "manager" | "door";
  /** Only what the program needs. The role limits each scope: a key with the role door can have only `orders.read`, `check_in`, `events.read`. */
  scopes: ("sales.read" | "orders.read" | "orders.write" | "refunds" | "events.read" | "events.write" | "check_in" | "messages" | "reports" | "webhooks" | "team")[];
};

export type CreatedDevice = Device & {
  /** Shown only once. */
  token: string;
};

export type CreateDevice = { eventId: string; name: string };

export type AuditEntry = {
  id: string;
  at: string;
  actor: {
    kind: "staff" | "api_key" | "device" | "operator" | "system";
    id: string;
    name: string | null;
  };
  act: string;
  subjectId: string;
  changes: Record<string, unknown>;
  /** The present names of the objects whose ids are in the entry. Deleted objects have no name. */
  names: Record<string, string>;
};

export type Verification = { verificationId: string; expiresAt: string };

export type RequestVerification = {
  email?: string;
  /** Requires `eventSlug`: the code is sent by its organiser. */
  phone?: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
  eventSlug?: string;
  locale?: "id" | "en";
  /** The token from an earlier response. With it, strangers who use up the tries of this address do not lock you out. */
  knownClientToken?: string;
};

export type ConfirmedBuyer = {
  buyerToken: string;
  expiresAt: string;
  /** Keep it in this client, and send it as `knownClientToken`. It gives no access. */
  knownClientToken: string;
};

export type ConfirmVerification = { verificationId: string; code: string };

export type OrganizerEvent = {
  id: string;
  slug: string;
  name: string;
  /** The same in English; null if there is none. */
  nameEn: string | null;
  summary: string;
  /** The same in English; null if there is none. */
  summaryEn: string | null;
  category: string;
  city: string;
  venue: string;
  timeZone: string;
  startsAt: string;
  endsAt: string;
  status: "draft" | "published" | "cancelled";
  /** The event has no date: its times are those from before the postponement. */
  isPostponed: boolean;
  organizer: { slug: string; name: string };
  /** Files are at `path` + `/small`, `/medium`, `/large` + `.avif` or `.jpg` (480x300, 960x600, 1600x1000 pixels), and `/share.jpg` (1200x630). They never change. */
  picture: {
    path: string;
    /** Description for people who cannot see it; empty for a decorative picture. */
    alt: string;
  } | null;
  description: string;
  /** The same in English; null if there is none. */
  descriptionEn: string | null;
  address: string;
  currency: "IDR" | "USD" | "SGD" | "MYR";
  /** ISO 3166-1, two letters. */
  country: string;
  doorsOpenAt: string;
  sales: "open" | "closed";
  ticketsPerOrderMax: number;
  ticketsPerBuyerMax: number | null;
  feePerTicket: Money;
  refundableUntilHours: number | null;
  /** Buyers may give their tickets to others. */
  transfersAllowed: boolean;
  /** People can wait for places of sold-out categories. */
  hasWaitingList: boolean;
  /** Hours before the doors open until which buyers can give names of holders and answers. */
  detailsUntilHours: number;
  /** The point that every cut of the picture keeps in view, in percent. */
  pictureFocus: { x: number; y: number } | null;
  holdSeconds: number;
  version: number;
  createdAt: string;
  publishedAt: string | null;
};

export type CreateEvent = {
  name: string;
  summary?: string;
  description?: string;
  /** English version, like `summaryEn` and `descriptionEn`; null if there is none. */
  nameEn?: string | null;
  summaryEn?: string | null;
  descriptionEn?: string | null;
  category: string;
  city: string;
  venue: string;
  address?: string;
  /** Where it takes place. Phone numbers without a country code belong to this country. */
  country?: string;
  timeZone?: string;
  startsAt: string;
  endsAt: string;
  doorsOpenAt?: string;
  /** How long the places of an unpaid order are kept. Default: 1800, long enough for bank transfers. 900 suits a rush: places return sooner, and transfers are offered only on the page of the order. */
  holdSeconds?: number;
  ticketsPerOrderMax?: number;
  ticketsPerBuyerMax?: number | null;
  feePerTicket?: Money;
  refundableUntilHours?: number | null;
  transfersAllowed?: boolean;
  hasWaitingList?: boolean;
  detailsUntilHours?: number;
  slug: string;
  currency?: "IDR" | "USD" | "SGD" | "MYR";
  /** Another event of the organiser whose picture this event also shows. */
  pictureOf?: string;
};

export type OrganizerEvents = { data: OrganizerEvent[]; nextCursor: string | null };

export type ChangeEvent = {
  name?: string;
  summary?: string;
  description?: string;
  /** English version, like `summaryEn` and `descriptionEn`; null if there is none. */
  nameEn?: string | null;
  summaryEn?: string | null;
  descriptionEn?: string | null;
  category?: string;
  city?: string;
  venue?: string;
  address?: string;
  /** Where it takes place. Phone numbers without a country code belong to this country. */
  country?: string;
  timeZone?: string;
  startsAt?: string;
  endsAt?: string;
  doorsOpenAt?: string;
  /** How long the places of an unpaid order are kept. Default: 1800, long enough for bank transfers. 900 suits a rush: places return sooner, and transfers are offered only on the page of the order. */
  holdSeconds?: number;
  ticketsPerOrderMax?: number;
  ticketsPerBuyerMax?: number | null;
  feePerTicket?: Money;
  refundableUntilHours?: number | null;
  transfersAllowed?: boolean;
  hasWaitingList?: boolean;
  detailsUntilHours?: number;
  version?: number;
};

export type Readiness = {
  missing: {
    /** Accept others. */
    code: "event.times" | "event.doors" | "event.over" | "ticket_category.none" | "ticket_category.no_stock" | "ticket_category.sale_window" | "ticket_category.sale_over" | "ticket_category.order_limits" | "ticket_category.entry_window" | "payment.no_account" | "payment.currency" | "payment.amount";
    message: string;
    subjectId?: string;
  }[];
};

export type Sales = { sales: "open" | "closed" };

export type ChangePicture = { focus?: { x: number; y: number }; alt?: string };

export type OrganizerProfile = {
  contact: {
    /** Shown to buyers. Replies to mails about orders go to it. */
    email: string | null;
    /** Shown to buyers as written. */
    phone: string | null;
  };
  /** In Indonesian and English. If one is empty, its readers get the other; if both are empty, there is no page. */
  privacy: { id: string; en: string };
  /** In Indonesian and English. If one is empty, its readers get the other; if both are empty, there is no page. */
  terms: { id: string; en: string };
};

export type CreateScheduleItem = {
  title: string;
  stage?: string;
  description?: string;
  titleEn?: string | null;
  stageEn?: string | null;
  descriptionEn?: string | null;
  startsAt: string;
  endsAt: string;
};

export type ChangeScheduleItem = {
  title?: string;
  stage?: string;
  description?: string;
  titleEn?: string | null;
  stageEn?: string | null;
  descriptionEn?: string | null;
  startsAt?: string;
  endsAt?: string;
};

export type OrganizerTicketCategories = { data: OrganizerTicketCategory[]; nextCursor: string | null };

export type OrganizerTicketCategory = TicketCategory & {
  poolId: string;
  entryOpensAt: string | null;
  entryClosesAt: string | null;
  position: number;
  status: "on_sale" | "closed";
};

export type CreateTicketCategory = {
  poolId: string;
  name: string;
  description?: string;
  nameEn?: string | null;
  descriptionEn?: string | null;
  price: Money;
  saleOpensAt: string;
  saleClosesAt: string;
  perOrderMin?: number;
  perOrderMax?: number;
  perBuyerMax?: number | null;
  entryOpensAt?: string | null;
  entryClosesAt?: string | null;
  position?: number;
  status?: "on_sale" | "closed";
  hasHolderNames?: boolean;
};

export type ChangeTicketCategory = {
  poolId?: string;
  name?: string;
  description?: string;
  nameEn?: string | null;
  descriptionEn?: string | null;
  price?: Money;
  saleOpensAt?: string;
  saleClosesAt?: string;
  perOrderMin?: number;
  perOrderMax?: number;
  perBuyerMax?: number | null;
  entryOpensAt?: string | null;
  entryClosesAt?: string | null;
  position?: number;
  status?: "on_sale" | "closed";
  hasHolderNames?: boolean;
};

export type CreatePool = { name: string; capacity: number; blocked?: number };

export type PoolList = { data: Pool[]; nextCursor: string | null };

export type ChangePool = { capacity?: number; blocked?: number };

export type PromoCode = {
  id: string;
  code: string;
  /** Whether the code could be guessed despite limits on tries: it is short, or consists only of letters or only of digits. Fine for a public code. */
  isGuessable: boolean;
  kind: "percent" | "amount";
  value: number;
  redemptions: number;
  redemptionsMax: number | null;
  validFrom: string | null;
  validUntil: string | null;
  status: "active" | "closed";
};

export type CreatePromoCode = {
  /** If omitted, the service creates one that cannot be guessed. */
  code?: string;
  kind: "percent" | "amount";
  /** Percent of the tickets, or minor units off the order. */
  value: number;
  redemptionsMax?: number;
  validFrom?: string;
  validUntil?: string;
};

export type CopiedPromoCodes = {
  copied: number;
  /** Codes that were not copied: the event has them already, or they are amounts in another currency. */
  left: number;
};

export type CopyPromoCodes = {
  /** The id of the event whose active codes are copied. */
  from: string;
  /** How much later the copies begin and end to be valid. */
  movedSeconds?: number;
};

export type PromoCodeList = { data: PromoCode[]; nextCursor: string | null };

export type ChangePromoCode = {
  redemptionsMax?: number | null;
  validFrom?: string | null;
  validUntil?: string | null;
  status?: "active" | "closed";
};

export type DeskOrderList = { data: DeskOrder[]; nextCursor: string | null };

export type DeskOrder = {
  id: string;
  code: string;
  status: OrderStatus;
  eventId: string;
  eventSlug: string;
  lines: {
    ticketCategoryId: string;
    name: string;
    /** English version, if the order is read in English. */
    nameEn?: string;
    quantity: number;
    unitPrice: Money;
  }[];
  subtotal: Money;
  discount: Money;
  fees: Money;
  total: Money;
  placedAt: string;
  expiresAt: string;
  paidAt?: string;
  /** The role door gets no email and phone. */
  buyer: { name: string; email?: string; phone?: string };
  /** When it expired, was cancelled, or was wholly refunded. */
  closedAt: string | null;
  cancelledBy: "buyer" | "organizer" | "event" | null;
  /** Why a person should look at this order. Accept others. */
  flags: ("late_payment" | "late_no_stock" | "double_payment" | "underpaid" | "overpaid" | "over_limit" | "wrong_facts" | "external_refund" | "reversed" | "charged_back" | "partially_charged_back" | "released_unconfirmed" | "hold_stuck")[];
};

export type CorrectBuyer = {
  /** Shown on every ticket without its own name. */
  name?: string;
  /** The correct address for the order and its tickets. */
  email?: string;
  /** The correct phone, written as in an order. */
  phone?: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
};

export type CorrectHolderName = { holderName: string };

export type OrderNote = { id: string; text: string; createdAt: string };

export type WriteNote = { text: string };

export type ComplimentaryOrder = {
  buyer: Buyer;
  lines: { ticketCategoryId: string; quantity: number }[];
  locale?: "id" | "en";
};

export type FoundOrders = {
  data: DeskOrder[];
  nextCursor: string | null;
  /** `similar`: nothing matches. These are the orders whose code or phone differs by one typing mistake, else those with the most similar names or emails. */
  match: "exact" | "similar";
};

export type SearchOrders = {
  cursor?: string;
  limit?: number;
  /** The beginning of a name, an email, a phone, an order code or a ticket code. Case, accents and blanks are ignored. */
  q: string;
  eventId?: string;
};

export type OrderStory = {
  data: {
    at: string;
    kind: "order.placed" | "payment.begun" | "callback.received" | "payment.changed" | "order.paid" | "tickets.issued" | "tickets.named" | "answers.given" | "ticket.transferred" | "refund.requested" | "tickets.revoked" | "order.ended" | "refund.done" | "message.queued" | "message.sent" | "message.delivered" | "scan" | "task.opened" | "task.resolved" | "note" | "audit" | "hold.ends";
    /** Who did it; null if it was the buyer, a gateway or the service. */
    by: {
      kind: "staff" | "api_key" | "device" | "operator" | "system";
      id: string;
      name: string | null;
    } | null;
    /** Data of the kind; fields may be added. */
    detail: Record<string, unknown>;
  }[];
  /** False if there is more and only the newest entries are shown. */
  isComplete: boolean;
};

export type PersonalData = {
  askedAt: string;
  /** False if there is more, and the oldest entries are left out. */
  isComplete: boolean;
  orders: {
    id: string;
    code: string;
    eventId: string;
    event: string;
    status: OrderStatus;
    buyer: { name: string; email: string; phone: string };
    facts: Record<string, unknown>;
    /** With their holders and scans. Fields may be added. */
    tickets: Record<string, unknown>[];
    /** To questions of the organiser. Fields may be added. */
    answers: Record<string, unknown>[];
    /** Of the team. Fields may be added. */
    notes: Record<string, unknown>[];
    /** Tries to pay. Fields may be added. */
    payments: Record<string, unknown>[];
    /** Money that went back. Fields may be added. */
    refunds: Record<string, unknown>[];
    /** What was sent. Fields may be added. */
    messages: Record<string, unknown>[];
    /** Of the team, as in the audit log. Fields may be added. */
    changes: Record<string, unknown>[];
  }[];
  /** Given by other buyers. Fields may be added. */
  heldTickets: Record<string, unknown>[];
  /** Of waiting lists. Fields may be added. */
  waitingEntries: Record<string, unknown>[];
  /** In waiting rooms. Fields may be added. */
  waitingRoomPlaces: Record<string, unknown>[];
  /** Codes that were asked for. Fields may be added. */
  verifications: Record<string, unknown>[];
  /** From the phone. Fields may be added. */
  inboundMessages: Record<string, unknown>[];
  /** STOP and START. Fields may be added. */
  newsStops: Record<string, unknown>[];
  /** Refused addresses. Fields may be added. */
  suppressions: Record<string, unknown>[];
};

export type ShowPersonalData = {
  email?: string;
  /** With + or 00 and the country code, or as dialled within `phoneCountry`. Refused with the code `phone.invalid`, `phone.not_mobile` or `phone.ambiguous` in `errors`. */
  phone?: string;
  /** The country of a phone number without + or 00, if it is not the country of the event. */
  phoneCountry?: string;
};

export type AttendeeList = { data: Attendee[]; nextCursor: string | null };

export type Attendee = {
  ticketId: string;
  orderId: string;
  orderCode: string;
  ticketCategoryId: string;
  ticketCategory: string;
  status: "live" | "revoked";
  /** The buyer's name. */
  name: string;
  /** The holder's name, if the buyer gave one. */
  holderName: string | null;
  email?: string;
  phone?: string;
  /** Answers to the organiser's questions, for the ticket and its order. */
  answers?: { question: string; value: string }[];
  presence: "in" | "out" | "not_yet";
  admittedAt?: string;
  gate?: string | null;
  entries?: number;
};

export type SaleFigures = {
  eventId: string;
  /** The time of the fast figures, at most a second ago. */
  asOf: string;
  /** Over the last ten seconds. */
  ordersPerSecond: number;
  /** Those of the last fifteen in which something was ordered or paid, also the one that runs. */
  minutes: { at: string; orders: number; paidOrders: number }[];
  pools: {
    poolId: string;
    pool: string;
    capacity: number;
    available: number;
    held: number;
    sold: number;
    blocked: number;
    ticketCategories: { id: string; name: string }[];
  }[];
  /** Null if the event has none. `rate` is buyers let in per second. */
  waitingRoom: { phase: QueuePhase; places: number; called: number; rate: number } | null;
  funnel: {
    /** Orders with a running hold. */
    held: number;
    /** Held orders that the buyer can pay now. */
    instructed: number;
    paid: number;
    refunded: number;
    expired: number;
    cancelled: number;
  };
  /** The time of the figures on money, check-ins, messages, ended orders, and the last minutes. */
  totalsAsOf: string;
  money: {
    received: Money;
    /** What went back, by gateways and by hand: more than came, if a payment went back twice. */
    refunded: Money;
    /** Kept by gateways. */
    gatewayFees: Money;
    /** Fees of the organiser, part of what was received. */
    fees: Money;
    net: Balance;
  };
  checkIns: {
    admitted: number;
    inside: number;
    /** Second entries, and entries against the rules, of doors without a network. */
    conflicts: number;
    gates: { gate: string | null; entries: number; exits: number; refused: number }[];
    zones: { name: string; inside: number; capacity: number | null }[];
  };
  messages: {
    channel: "email" | "whatsapp";
    status: "queued" | "sending" | "accepted" | "sent" | "delivered" | "read" | "failed" | "unknown" | "suppressed" | "capped";
    count: number;
  }[];
};

/** Received less refunded less gateway fees. Below zero after a loss. */
export type Balance = { amount: number; currency: "IDR" | "USD" | "SGD" | "MYR" };

export type SaleMinutes = {
  data: {
    at: string;
    orders: number;
    tickets: number;
    paidOrders: number;
    paidTickets: number;
    paidAmount: Money;
    funnel: {
      /** As it stood at `readAt`; null if nothing was read. */
      held: number | null;
      /** As it stood at `readAt`; null if nothing was read. */
      instructed: number | null;
      /** Orders paid until the end of this minute, later refunded ones included. */
      paid: number;
      /** Orders whose hold had ended without money by then. */
      expired: number;
    };
    /** When the figures of what stood at the end of this minute were read: at most 20 s after that end. */
    readAt: string | null;
    /** As it stood at `readAt`; null if nothing was read. */
    available: number | null;
    /** As it stood at `readAt`; null if nothing was read. */
    held: number | null;
    /** As it stood at `readAt`; null if nothing was read. */
    sold: number | null;
    /** As it stood at `readAt`; null if nothing was read. */
    admitted: number | null;
    /** As it stood at `readAt`; null if nothing was read. */
    waiting: number | null;
  }[];
  /** False if there is more: continue from the last minute. */
  isComplete: boolean;
};

export type Report = {
  id: string;
  kind: ReportKind;
  format: ReportFormat;
  eventId: string | null;
  filters: ReportFilters;
  scheduleId: string | null;
  status: "waiting" | "making" | "ready" | "failed" | "cancelled" | "expired";
  /** Rows so far; all rows of a ready report. */
  rows: number;
  bytes: number | null;
  /** Why the latest run failed. */
  failure: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** When the file is deleted. */
  expiresAt: string | null;
};

export type ReportKind = "attendees" | "orders" | "payments" | "refunds" | "ledger" | "check_ins" | "deliveries";

export type ReportFormat = "csv" | "csv_semicolon" | "xlsx";

/** Rows from `from` until before `to`: tickets by their issue, orders by their placement, payments, refunds and deliveries by their creation, entries of the ledger by their posting, check-ins by their scan. `status` is a status of the kind, the result of a check-in, or the account of an entry. */
export type ReportFilters = { from?: string; to?: string; status?: string };

export type RequestReport = {
  kind: ReportKind;
  format: ReportFormat;
  /** If omitted, all events of the organiser. */
  eventId?: string;
  filters?: ReportFilters;
};

export type ReportList = { data: Report[]; nextCursor: string | null };

export type ReportLink = {
  /** A page that downloads the file. Anybody with this address can read the file. */
  url: string;
  expiresAt: string;
};

export type DownloadReport = { token: string };

export type ReportSchedule = {
  kind: ReportKind;
  format: ReportFormat;
  every: "day" | "week";
  /** In the time zone of the schedule. */
  hour: number;
  id: string;
  eventId: string | null;
  /** All rows until the run, or only those of the last day or week, since the previous run. Later changes of a row are in no later period; entries of the ledger do not change. */
  covers: "everything" | "period";
  /** With `every: week`; 1 is Monday. */
  weekday: number | null;
  timeZone: string;
  /** The member who gets the mail. */
  memberId: string;
  nextRunAt: string;
  lastRunAt: string | null;
  createdAt: string;
};

export type CreateReportSchedule = {
  kind: ReportKind;
  format: ReportFormat;
  every: "day" | "week";
  /** In the time zone of the schedule. */
  hour: number;
  /** If omitted, all events of the organiser. */
  eventId?: string;
  /** All rows until the run, or only those of the last day or week, since the previous run. Later changes of a row are in no later period; entries of the ledger do not change. */
  covers?: "everything" | "period";
  /** With `every: week`; 1 is Monday. */
  weekday?: number;
  timeZone?: string;
};

export type ReportScheduleList = { data: ReportSchedule[]; nextCursor: string | null };

export type GateList = { data: Gate[]; nextCursor: null };

export type NewGate = {
  name: string;
  /** Categories that may enter here; null for all. */
  ticketCategoryIds?: string[] | null;
  /** Entry from `opensAt` until before `closesAt`; null means no limit at this gate. */
  opensAt?: string | null;
  /** Entry from `opensAt` until before `closesAt`; null means no limit at this gate. */
  closesAt?: string | null;
  /** Whether a used ticket may enter here again: never, after its exit was scanned, or always. */
  reEntry?: "none" | "after_exit" | "always";
  /** The zone that the gate leads into. */
  zoneId?: string | null;
};

export type GateChange = {
  name?: string;
  /** Categories that may enter here; null for all. */
  ticketCategoryIds?: string[] | null;
  /** Entry from `opensAt` until before `closesAt`; null means no limit at this gate. */
  opensAt?: string | null;
  /** Entry from `opensAt` until before `closesAt`; null means no limit at this gate. */
  closesAt?: string | null;
  /** Whether a used ticket may enter here again: never, after its exit was scanned, or always. */
  reEntry?: "none" | "after_exit" | "always";
  /** The zone that the gate leads into. */
  zoneId?: string | null;
};

export type ServiceStatus = {
  state: ServiceState;
  parts: {
    /** Placing orders. */
    buying: ServiceState;
    /** Paying orders, and handling received money. */
    paying: ServiceState;
    /** Tickets by email and WhatsApp. */
    tickets: ServiceState;
    /** Scanning tickets online. Doors decide offline by their lists. */
    door: ServiceState;
  };
  /** Whether this is a copy for rehearsals of sales, where load is welcome and no real money moves. False where people buy tickets. */
  takesRehearsals: boolean;
  checkedAt: string;
};

/** The worst state of the parts. */
export type ServiceState = "ok" | "slow" | "paused" | "down";

export type ZoneList = { data: Zone[]; nextCursor: null };

export type NewZone = {
  name: string;
  /** People who may be inside at once; null for no limit. */
  capacity?: number | null;
};

export type ZoneChange = {
  name?: string;
  /** People who may be inside at once; null for no limit. */
  capacity?: number | null;
};

export type Api = {
  "/v1/events": {
    /** Published events by start */
    get: {
      input: { query?: {
        city?: string;
        category?: string;
        /** Events that end at or after this time, rounded to the minute. A day, such as 2027-03-05, begins at midnight in the time zone of each event. Default: events that are not over. */
        from?: string;
        /** Events that start before this time. A day means its midnight in the time zone of each event: `from=2027-03-05&to=2027-03-06` lists events on the 5th. */
        to?: string;
        /** Each word must begin a word of the name, summary, category, city or venue; in scripts without blanks it may be any part. Case, accents and widths are ignored. A text without a letter, digit or symbol finds nothing. */
        q?: string;
        /** Events with a ticket on sale at this price or less, in minor units of `currency`. 0 finds events with free tickets. */
        priceMax?: number;
        /** Default with a `priceMax` above 0: IDR. */
        currency?: "IDR" | "USD" | "SGD" | "MYR";
        /** Events of the organiser with this slug. */
        organizer?: string;
        cursor?: string;
        limit?: number;
      } };
      data: Listing;
    };
  };
  "/v1/events/:slug": {
    /** An event */
    get: {
      input: { param: { slug: string } };
      data: Event;
    };
  };
  "/v1/events/:slug/schedule": {
    /** The schedule of an event */
    get: {
      input: { param: { slug: string } };
      data: Schedule;
    };
  };
  "/v1/events/:slug/ticket-categories": {
    /** Ticket categories, prices and sale windows of an event */
    get: {
      input: { param: { slug: string } };
      data: TicketCategories;
    };
  };
  "/v1/events/:slug/organizer": {
    /** The seller of an event: contact, privacy notice and terms */
    get: {
      input: { param: { slug: string } };
      data: Organizer;
    };
  };
  "/v1/events/:slug/calendar/:file": {
    /** An event, or the opening of its sale, as a calendar entry */
    get: {
      input: { param: {
        slug: string;
        file: "event-id.ics" | "event-en.ics" | "sale-id.ics" | "sale-en.ics";
      } };
      data: undefined;
    };
  };
  "/v1/events/:slug/availability": {
    /** Availability, in bands */
    get: {
      input: { param: { slug: string } };
      data: Availability;
    };
  };
  "/v1/events/:slug/queue/draws": {
    /** The commitments and results of the draws */
    get: {
      input: { param: { slug: string } };
      data: Draws;
    };
  };
  "/v1/events/:slug/queue/draws/leaves/:chunk": {
    /** The frozen list, 1,024 leaves at a time */
    get: {
      input: { param: { slug: string; chunk: number } };
      data: undefined;
    };
  };
  "/v1/events/:slug/queue/proofs/:index": {
    /** The proof that a place is in the frozen list */
    get: {
      input: { param: { slug: string; index: number } };
      data: PlaceProof;
    };
  };
  "/v1/events/:slug/queue/places": {
    /** Take a place in the line of an event */
    post: {
      input: { param: { slug: string }; json?: JoinQueue };
      data: QueuePlace;
    };
  };
  "/v1/events/:slug/queue/challenges": {
    /** Get the challenge that joining requires now */
    post: {
      input: { param: { slug: string } };
      data: QueueChallenge | undefined;
    };
  };
  "/v1/events/:slug/queue/passes": {
    /** Exchange a called place for a pass */
    post: {
      input: { param: { slug: string }; json: PassRequest };
      data: Pass;
    };
  };
  "/v1/events/:slug/queue": {
    /** The state of the line of an event */
    get: {
      input: { param: { slug: string } };
      data: Queue;
    };
  };
  "/v1/organizers/:slug/events/:eventId/waiting-room": {
    /** The waiting room of an event, and its progress */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: WaitingRoom;
    };
    /** Plan the waiting room of an event, or change the plan */
    put: {
      input: { param: { slug: string; eventId: string }; json: WaitingRoomPlan };
      data: WaitingRoom;
    };
  };
  "/v1/organizers/:slug/events/:eventId/waiting-room/closure": {
    /** End the waiting room permanently */
    post: {
      input: { param: { slug: string; eventId: string } };
      data: WaitingRoom;
    };
  };
  "/v1/organizers/:slug/events/:eventId/waiting-room/pause": {
    /** Pause the waiting room */
    post: {
      input: { param: { slug: string; eventId: string } };
      data: WaitingRoom;
    };
    /** Continue the waiting room */
    delete: {
      input: { param: { slug: string; eventId: string } };
      data: WaitingRoom;
    };
  };
  "/v1/orders": {
    /** Place an order */
    post: {
      input: { header: {
        "idempotency-key": string;
        /** Required while the event has a waiting room. */
        "queue-pass"?: string;
        /** The same as `eventSlug`. With it, refusals during high demand for this event are faster and cheaper. */
        "event-slug"?: string;
      }; json: PlaceOrder };
      data: PlacedOrder;
    };
  };
  "/v1/events/:slug/quotes": {
    /** Quote the price of an order */
    post: {
      input: { param: { slug: string }; json: QuoteOrder };
      data: Quote;
    };
  };
  "/v1/orders/lookups": {
    /** Send the links to orders again */
    post: {
      input: { json: LookUpOrder };
      data: undefined;
    };
  };
  "/v1/orders/:id": {
    /** An order and its payment */
    get: {
      input: { param: { id: string } };
      data: Order;
    };
  };
  "/v1/orders/:id/cancellation": {
    /** Cancel an order */
    post: {
      input: { param: { id: string } };
      data: Order;
    };
  };
  "/v1/orders/:id/session": {
    /** Open an order in a browser */
    post: {
      input: { param: { id: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/tickets": {
    /** The tickets of an order */
    get: {
      input: { param: { id: string } };
      data: TicketList;
    };
  };
  "/v1/orders/:id/tickets/:ticketId/qr.svg": {
    /** The QR code of a ticket */
    get: {
      input: { param: { id: string; ticketId: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/tickets.pdf": {
    /** The tickets of an order to print */
    get: {
      input: { param: { id: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/calendar.ics": {
    /** The event as a calendar entry */
    get: {
      input: { param: { id: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/details": {
    /** The details of an order: names of holders, and answers */
    get: {
      input: { param: { id: string } };
      data: OrderDetails;
    };
    /** Give the names of holders, and answer questions */
    patch: {
      input: { param: { id: string }; json: GiveOrderDetails };
      data: OrderDetails;
    };
  };
  "/v1/organizers/:slug/events/:eventId/questions": {
    /** The questions to the buyers of an event */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: QuestionList;
    };
    /** Add a question to buyers */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreateQuestion };
      data: Question;
    };
  };
  "/v1/organizers/:slug/events/:eventId/questions/:questionId": {
    /** Change the wording of a question, or stop asking it */
    patch: {
      input: { param: { slug: string; eventId: string; questionId: string }; json: ChangeQuestion };
      data: Question;
    };
    /** Delete a question that nobody has answered */
    delete: {
      input: { param: { slug: string; eventId: string; questionId: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/transfers": {
    /** The tickets of an order, and to whom they were given */
    get: {
      input: { param: { id: string } };
      data: Transfers;
    };
    /** Give a ticket to somebody */
    post: {
      input: { param: { id: string }; json: TransferTicket };
      data: undefined;
    };
  };
  "/v1/tickets/:ticketId": {
    /** A ticket that was given to the caller */
    get: {
      input: { param: { ticketId: string } };
      data: HeldTicket;
    };
  };
  "/v1/tickets/:ticketId/transfers": {
    /** Pass on a ticket that was given to the caller */
    post: {
      input: { param: { ticketId: string }; json: TransferHeldTicket };
      data: undefined;
    };
  };
  "/v1/tickets/:ticketId/ticket.pdf": {
    /** A ticket that was given to the caller, to print */
    get: {
      input: { param: { ticketId: string } };
      data: undefined;
    };
  };
  "/v1/tickets/:ticketId/calendar.ics": {
    /** The event of a ticket that was given to the caller, as a calendar entry */
    get: {
      input: { param: { ticketId: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/tickets/:ticketId/pass.pkpass": {
    /** A ticket as a pass for Apple Wallet */
    get: {
      input: { param: { id: string; ticketId: string } };
      data: undefined;
    };
  };
  "/v1/orders/:id/tickets/:ticketId/google-wallet": {
    /** A link that adds a ticket to Google Wallet */
    get: {
      input: { param: { id: string; ticketId: string } };
      data: GoogleWalletLink;
    };
  };
  "/v1/tickets/:ticketId/pass.pkpass": {
    /** A ticket that was given to the caller as a pass for Apple Wallet */
    get: {
      input: { param: { ticketId: string } };
      data: undefined;
    };
  };
  "/v1/tickets/:ticketId/google-wallet": {
    /** A link that adds a ticket that was given to the caller to Google Wallet */
    get: {
      input: { param: { ticketId: string } };
      data: GoogleWalletLink;
    };
  };
  "/v1/organizers/:slug/events/:eventId/waiting-list": {
    /** The number of people waiting for each category, and the outcome of offers */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: WaitingLines;
    };
  };
  "/v1/events/:slug/waiting-list": {
    /** Wait for places of a sold-out category */
    post: {
      input: { param: { slug: string }; json: JoinWaitingList };
      data: undefined;
    };
  };
  "/v1/waiting-list/:entryId": {
    /** A place in a waiting list */
    get: {
      input: { param: { entryId: string } };
      data: WaitingEntry;
    };
  };
  "/v1/waiting-list/:entryId/confirmation": {
    /** Confirm the address and take a place in the line */
    post: {
      input: { param: { entryId: string } };
      data: WaitingEntry;
    };
  };
  "/v1/waiting-list/:entryId/departure": {
    /** Leave the waiting list */
    post: {
      input: { param: { entryId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/ticket-codes": {
    /** Whether ticket codes are signed, and the keys */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: TicketCodes;
    };
    /** Choose opaque or signed ticket codes */
    patch: {
      input: { param: { slug: string; eventId: string }; json: TicketCodesChange };
      data: TicketCodes;
    };
  };
  "/v1/organizers/:slug/events/:eventId/ticket-codes/keys": {
    /** Sign ticket codes with a new key */
    post: {
      input: { param: { slug: string; eventId: string }; json: TicketKeyRotation };
      data: TicketCodes;
    };
  };
  "/v1/buyers/phone-readings": {
    /** Read a phone number as an order for this event would */
    post: {
      input: { json: ReadPhone };
      data: PhoneReading;
    };
  };
  "/v1/orders/:id/payments": {
    /** Choose another payment method */
    post: {
      input: { param: { id: string }; json: ChoosePayment };
      data: Payment;
    };
  };
  "/v1/organizers/:slug/payment-accounts/midtrans": {
    /** Set the account at Midtrans */
    put: {
      input: { param: { slug: string }; json: SetPaymentAccount };
      data: PaymentAccount;
    };
    /** Show the account at Midtrans */
    get: {
      input: { param: { slug: string } };
      data: PaymentAccount;
    };
  };
  "/v1/organizers/:slug/payment-accounts/midtrans/tests": {
    /** Test whether Midtrans accepts the keys of the account */
    post: {
      input: { param: { slug: string } };
      data: PaymentAccountTest;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/refunds": {
    /** Refund an order: all of it, an amount, or the price of some tickets */
    post: {
      input: { param: { slug: string; orderId: string }; header: { "idempotency-key": string }; json: RequestRefund };
      data: Refunds;
    };
    /** The refunds of an order */
    get: {
      input: { param: { slug: string; orderId: string }; query?: { cursor?: string; limit?: number } };
      data: RefundPage;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/refund-previews": {
    /** Preview a refund */
    post: {
      input: { param: { slug: string; orderId: string }; json: PreviewRefund };
      data: RefundPreview;
    };
  };
  "/v1/organizers/:slug/events/:eventId/refunds/summary": {
    /** How far the refunds of an event have come */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: RefundSummary;
    };
  };
  "/v1/organizers/:slug/tasks": {
    /** Tasks: work that only a person can do */
    get: {
      input: { param: { slug: string }; query?: {
        cursor?: string;
        limit?: number;
        status?: "open" | "resolved";
        eventId?: string;
        kind?: "refund_manual" | "wrong_facts" | "money_taken" | "contradiction" | "chargeback" | "partial_chargeback" | "review" | "payment_refused" | "gateway_silent";
      } };
      data: TaskPage;
    };
  };
  "/v1/organizers/:slug/tasks/:taskId": {
    /** One task */
    get: {
      input: { param: { slug: string; taskId: string } };
      data: Task;
    };
  };
  "/v1/organizers/:slug/tasks/:taskId/resolution": {
    /** Resolve a task, or let the gateway refund its money */
    post: {
      input: { param: { slug: string; taskId: string }; json?: ResolveTask };
      data: Task;
    };
  };
  "/v1/organizers/:slug/tasks/resolutions": {
    /** Resolve several tasks that people have done */
    post: {
      input: { param: { slug: string }; json: ResolveTasks };
      data: ResolvedTasks;
    };
  };
  "/v1/check-ins": {
    /** Scan a ticket */
    post: {
      input: { json: Scan };
      data: ScanAnswer;
    };
  };
  "/v1/check-ins/undos": {
    /** Undo a scan that was a mistake */
    post: {
      input: { json: ScanUndo };
      data: ScanUndoAnswer;
    };
  };
  "/v1/events/:id/check-ins/summary": {
    /** The counters of the door */
    get: {
      input: { param: { id: string } };
      data: CheckInSummary;
    };
  };
  "/v1/check-ins/batch": {
    /** Submit offline scans */
    post: {
      input: { json: ScanSync };
      data: ScanSyncAnswer;
    };
  };
  "/v1/events/:id/door-list": {
    /** The list for scanning offline */
    get: {
      input: { param: { id: string }; query?: { cursor?: string; limit?: number } };
      data: DoorList;
    };
  };
  "/v1/events/:id/check-ins/conflicts": {
    /** Conflicts and faults of offline doors */
    get: {
      input: { param: { id: string }; query?: {
        cursor?: string;
        limit?: number;
        /** Only conflicts in which this device has made one of the two scans. */
        deviceId?: string;
      } };
      data: CheckInConflicts;
    };
  };
  "/v1/events/:id/guest-searches": {
    /** Find the tickets of a guest by phone, order code or name */
    post: {
      input: { param: { id: string }; json: SearchGuests };
      data: FoundGuests;
    };
  };
  "/v1/organizers/:slug/events/:eventId/door-settings": {
    /** Show the door settings */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: DoorSettings;
    };
    /** Change the door settings */
    patch: {
      input: { param: { slug: string; eventId: string }; json: DoorSettingsChange };
      data: DoorSettings;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/notifications": {
    /** Send the tickets of an order again */
    post: {
      input: { param: { slug: string; orderId: string } };
      data: ResentTickets;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/deliveries": {
    /** The messages of an order and their states, newest first */
    get: {
      input: { param: { slug: string; orderId: string } };
      data: DeliveryList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/deliveries/summary": {
    /** Counts of messages about the orders of an event, by template, channel and state */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: DeliverySummary;
    };
  };
  "/v1/organizers/:slug/senders": {
    /** Add a WhatsApp number that sends messages */
    post: {
      input: { param: { slug: string }; json: CreateSender };
      data: Sender;
    };
    /** All senders, including disabled ones, with today's figures */
    get: {
      input: { param: { slug: string } };
      data: SenderList;
    };
  };
  "/v1/organizers/:slug/senders/:senderId": {
    /** Change the limits of a sender */
    patch: {
      input: { param: { slug: string; senderId: string }; json: ChangeSender };
      data: Sender;
    };
    /** Take a sender out of use */
    delete: {
      input: { param: { slug: string; senderId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/senders/:senderId/templates": {
    /** Submit the texts of all messages to Meta as templates */
    post: {
      input: { param: { slug: string; senderId: string } };
      data: undefined;
    };
    /** Meta's states of the templates that messages use */
    get: {
      input: { param: { slug: string; senderId: string } };
      data: SenderTemplateList;
    };
  };
  "/v1/organizers/:slug/message-tests": {
    /** Send a test by mail or from a WhatsApp number */
    post: {
      input: { param: { slug: string }; json: SendMessageTest };
      data: MessageTest;
    };
  };
  "/v1/organizers/:slug/message-tests/:testId": {
    /** The outcome of a test */
    get: {
      input: { param: { slug: string; testId: string } };
      data: MessageTest;
    };
  };
  "/v1/organizers/:slug/message-texts": {
    /** The texts of WhatsApp messages */
    get: {
      input: { param: { slug: string } };
      data: MessageTextList;
    };
  };
  "/v1/organizers/:slug/message-texts/:template/:locale": {
    /** Set the organiser's own text of a message */
    put: {
      input: { param: {
        slug: string;
        template: "ticket_issued" | "order_cancelled" | "order_refunded" | "event_cancelled" | "event_moved" | "event_postponed" | "event_practical" | "event_news" | "event_reminder" | "payment_expiring" | "buyer_code";
        locale: "id" | "en";
      }; json: ChangeMessageText };
      data: MessageText;
    };
    /** Return to the default text */
    delete: {
      input: { param: {
        slug: string;
        template: "ticket_issued" | "order_cancelled" | "order_refunded" | "event_cancelled" | "event_moved" | "event_postponed" | "event_practical" | "event_news" | "event_reminder" | "payment_expiring" | "buyer_code";
        locale: "id" | "en";
      } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/announcements": {
    /** Draft and preview an announcement to the buyers of an event */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreateAnnouncement };
      data: DraftedAnnouncement;
    };
    /** The announcements of an event, including reminders, newest first */
    get: {
      input: { param: { slug: string; eventId: string }; query?: { cursor?: string; limit?: number } };
      data: AnnouncementList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/announcements/:announcementId": {
    /** An announcement and the states of its messages */
    get: {
      input: { param: { slug: string; eventId: string; announcementId: string } };
      data: ShownAnnouncement;
    };
  };
  "/v1/organizers/:slug/events/:eventId/announcements/:announcementId/confirmation": {
    /** Confirm and send a previewed announcement */
    post: {
      input: { param: { slug: string; eventId: string; announcementId: string }; json: AnnouncementConfirmation };
      data: Announcement;
    };
  };
  "/v1/organizers/:slug/events/:eventId/announcements/:announcementId/cancellation": {
    /** Drop a draft, or stop an announcement that is being sent */
    post: {
      input: { param: { slug: string; eventId: string; announcementId: string } };
      data: Announcement;
    };
  };
  "/v1/organizers/:slug/events/:eventId/message-settings": {
    /** The automatic messages of the event */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: MessageSettings;
    };
    /** Set the automatic messages of the event */
    put: {
      input: { param: { slug: string; eventId: string }; json: MessageSettings };
      data: MessageSettings;
    };
  };
  "/v1/organizers/:slug/events/:eventId/change-previews": {
    /** Preview the messages to holders about a change */
    post: {
      input: { param: { slug: string; eventId: string }; json: PlannedChange };
      data: PreviewedChange;
    };
  };
  "/v1/organizers/:slug/events/:eventId/change-notices": {
    /** The notices of an event about changes, newest first */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: ChangeNoticeList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/change-notices/:noticeId": {
    /** A notice, its recipients, and its text in both languages */
    get: {
      input: { param: { slug: string; eventId: string; noticeId: string } };
      data: ShownChangeNotice;
    };
  };
  "/v1/organizers/:slug/events/:eventId/change-notices/:noticeId/confirmation": {
    /** Confirm a previewed notice and send it now */
    post: {
      input: { param: { slug: string; eventId: string; noticeId: string }; json: AnnouncementConfirmation };
      data: ChangeNotice;
    };
  };
  "/v1/organizers/:slug/events/:eventId/change-notices/:noticeId/cancellation": {
    /** Cancel a notice, so that nobody is told of the change */
    post: {
      input: { param: { slug: string; eventId: string; noticeId: string } };
      data: ChangeNotice;
    };
  };
  "/v1/organizers/:slug/inbound-messages": {
    /** Messages from people to the senders in the last 30 days, newest first */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: InboundMessageList;
    };
  };
  "/v1/orders/:id/news-consent": {
    /** Consent to news of the organiser */
    put: {
      input: { param: { id: string }; json: NewsConsent };
      data: undefined;
    };
    /** Withdraw the consent to news */
    delete: {
      input: { param: { id: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/news-audience": {
    /** The number of buyers of an event who may get news */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: NewsAudience;
    };
  };
  "/v1/unsubscriptions/:token": {
    /** A page that asks whether to unsubscribe from news; it changes nothing */
    get: {
      input: { param: { token: string } };
      data: undefined;
    };
    /** End the news of an organiser to one address with one click in the mailbox (RFC 8058) */
    post: {
      input: { param: { token: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/suppressions": {
    /** Recipients that get no more messages, because of a bounce or a complaint */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: SuppressionList;
    };
  };
  "/v1/organizers/:slug/suppressions/:suppressionId": {
    /** Lift the suppression of a recipient */
    delete: {
      input: { param: { slug: string; suppressionId: string } };
      data: undefined;
    };
  };
  "/v1/callbacks/mail": {
    /** Receive a mail to the bounce address from the mail server */
    post: {
      input: {  };
      data: undefined;
    };
  };
  "/v1/callbacks/whatsapp/:senderId": {
    /** Answer a message provider that checks the callback address */
    get: {
      input: { param: { senderId: string } };
      data: undefined;
    };
    /** Receive statuses and inbound messages from a message provider */
    post: {
      input: { param: { senderId: string } };
      data: undefined;
    };
  };
  "/v1/callbacks/waha/:senderId": {
    /** Answer a message provider that checks the callback address */
    get: {
      input: { param: { senderId: string } };
      data: undefined;
    };
    /** Receive statuses and inbound messages from a message provider */
    post: {
      input: { param: { senderId: string } };
      data: undefined;
    };
  };
  "/v1/callbacks/fonnte/:senderId": {
    /** Answer a message provider that checks the callback address */
    get: {
      input: { param: { senderId: string } };
      data: undefined;
    };
    /** Receive statuses and inbound messages from a message provider */
    post: {
      input: { param: { senderId: string } };
      data: undefined;
    };
  };
  "/v1/callbacks/wablas/:senderId": {
    /** Answer a message provider that checks the callback address */
    get: {
      input: { param: { senderId: string } };
      data: undefined;
    };
    /** Receive statuses and inbound messages from a message provider */
    post: {
      input: { param: { senderId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/webhooks": {
    /** Add a webhook endpoint */
    post: {
      input: { param: { slug: string }; json: CreateWebhookEndpoint };
      data: MadeWebhookEndpoint;
    };
    /** All webhook endpoints, including disabled ones */
    get: {
      input: { param: { slug: string } };
      data: WebhookEndpointList;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId": {
    /** A webhook endpoint and its state */
    get: {
      input: { param: { slug: string; endpointId: string } };
      data: WebhookEndpoint;
    };
    /** Change a webhook endpoint: its address, its types, or whether it is active */
    patch: {
      input: { param: { slug: string; endpointId: string }; json: ChangeWebhookEndpoint };
      data: WebhookEndpoint;
    };
    /** Delete a webhook endpoint with its log */
    delete: {
      input: { param: { slug: string; endpointId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/secret": {
    /** Create a new secret; the old one also signs for a day */
    post: {
      input: { param: { slug: string; endpointId: string } };
      data: RotatedWebhookSecret;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/tests": {
    /** Send a test to a webhook endpoint */
    post: {
      input: { param: { slug: string; endpointId: string } };
      data: SentTestWebhook;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/deliveries": {
    /** Deliveries to a webhook endpoint in the last 30 days */
    get: {
      input: { param: { slug: string; endpointId: string }; query?: { status?: "pending" | "delivered" | "failed"; cursor?: string; limit?: number } };
      data: WebhookDeliveryList;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/deliveries/:webhookId": {
    /** One delivery with its exact body */
    get: {
      input: { param: { slug: string; endpointId: string; webhookId: string } };
      data: WebhookDeliveryWithBody;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/deliveries/:webhookId/replay": {
    /** Send one webhook again with the same id */
    post: {
      input: { param: { slug: string; endpointId: string; webhookId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/webhooks/:endpointId/replays": {
    /** Send all webhooks since a given time again */
    post: {
      input: { param: { slug: string; endpointId: string }; json: ReplayWebhooks };
      data: ReplayedWebhooks;
    };
  };
  "/v1/sessions": {
    /** Sign in */
    post: {
      input: { json: SignIn };
      data: SignedIn;
    };
    /** My sessions */
    get: {
      input: {  };
      data: { data: Session[]; nextCursor: string | null };
    };
  };
  "/v1/sessions/current": {
    /** The caller's own name, role and organiser */
    get: {
      input: {  };
      data: WhoAmI;
    };
    /** Sign out */
    delete: {
      input: {  };
      data: undefined;
    };
  };
  "/v1/sessions/:sessionId": {
    /** End another of my sessions */
    delete: {
      input: { param: { sessionId: string } };
      data: undefined;
    };
  };
  "/v1/invitations/acceptance": {
    /** Accept an invitation: set a name and a password */
    post: {
      input: { json: AcceptInvitation };
      data: undefined;
    };
  };
  "/v1/password-resets": {
    /** Request a mail with a link that sets a new password */
    post: {
      input: { json: RequestPasswordReset };
      data: undefined;
    };
  };
  "/v1/password-resets/confirmation": {
    /** Set a new password; every session ends */
    post: {
      input: { json: ConfirmPasswordReset };
      data: undefined;
    };
  };
  "/v1/organizers": {
    /** Sign up as an organiser, where the operator allows it */
    post: {
      input: { json: SignUp };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/staff": {
    /** Invite a member by mail, or send the invitation again */
    post: {
      input: { param: { slug: string }; json: InviteStaff };
      data: StaffMember;
    };
    /** All members */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: { data: StaffMember[]; nextCursor: string | null };
    };
  };
  "/v1/organizers/:slug/staff/:staffId": {
    /** Change the role of a member, also for single events, or limit the member to events */
    patch: {
      input: { param: { slug: string; staffId: string }; json: ChangeStaff };
      data: StaffMember;
    };
    /** Disable a member, and end the access they gave to others */
    delete: {
      input: { param: { slug: string; staffId: string }; query?: {
        /** Ids, or `api_keys`, `devices`, `invitations`, separated by commas. All other access that was given ends. */
        keep?: string;
      } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/staff/:staffId/access": {
    /** The access that a member gave and that ends with them, and the members they invited */
    get: {
      input: { param: { slug: string; staffId: string } };
      data: MadeAccess;
    };
  };
  "/v1/organizers/:slug/staff/:staffId/sessions": {
    /** Sign a member out everywhere */
    delete: {
      input: { param: { slug: string; staffId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/api-keys": {
    /** Create an API key; its text is shown only once */
    post: {
      input: { param: { slug: string }; json: CreateApiKey };
      data: CreatedApiKey;
    };
    /** All API keys, including ended ones */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: { data: ApiKey[]; nextCursor: string | null };
    };
  };
  "/v1/organizers/:slug/api-keys/:keyId": {
    /** End an API key, and the access created with it */
    delete: {
      input: { param: { slug: string; keyId: string }; query?: {
        /** Ids, or `api_keys`, `devices`, `invitations`, separated by commas. All other access that was given ends. */
        keep?: string;
      } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/devices": {
    /** Register a device for one event; its token is shown only once */
    post: {
      input: { param: { slug: string }; json: CreateDevice };
      data: CreatedDevice;
    };
    /** All devices, including ended ones */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number; eventId?: string } };
      data: { data: Device[]; nextCursor: string | null };
    };
  };
  "/v1/organizers/:slug/devices/:deviceId": {
    /** End a device */
    delete: {
      input: { param: { slug: string; deviceId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/audit-log": {
    /** The audit log, newest first */
    get: {
      input: { param: { slug: string }; query?: {
        cursor?: string;
        limit?: number;
        actorKind?: "staff" | "api_key" | "device" | "operator" | "system";
        /** A member, an API key or a device. */
        actorId?: string;
        /** One act, such as `order.cancelled`, or all acts on a kind of object, such as `order`. */
        act?: string;
        /** What was changed. */
        subjectId?: string;
        from?: string;
        /** Entries before this time. */
        to?: string;
      } };
      data: { data: AuditEntry[]; nextCursor: string | null };
    };
  };
  "/v1/buyers/verifications": {
    /** Request a code to an email or a phone */
    post: {
      input: { json: RequestVerification };
      data: Verification;
    };
  };
  "/v1/buyers/confirmations": {
    /** Confirm an email or a phone with the code */
    post: {
      input: { json: ConfirmVerification };
      data: ConfirmedBuyer;
    };
  };
  "/v1/organizers/:slug/events": {
    /** Create an event as a draft */
    post: {
      input: { param: { slug: string }; json: CreateEvent };
      data: OrganizerEvent;
    };
    /** All events, including drafts: upcoming first, past last */
    get: {
      input: { param: { slug: string }; query?: {
        cursor?: string;
        limit?: number;
        status?: "draft" | "published" | "cancelled";
      } };
      data: OrganizerEvents;
    };
  };
  "/v1/organizers/:slug/events/:eventId": {
    /** An event with its version */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
    /** Change an event */
    patch: {
      input: { param: { slug: string; eventId: string }; header?: {
        /** The `ETag` that was read, instead of `version` in the body. */
        "if-match"?: string;
      }; json: ChangeEvent };
      data: OrganizerEvent;
    };
  };
  "/v1/organizers/:slug/events/:eventId/publication": {
    /** The unmet requirements for publishing the event */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: Readiness;
    };
    /** Show the event to the public */
    post: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
    /** Unpublish the event, if nothing was ordered */
    delete: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
  };
  "/v1/organizers/:slug/events/:eventId/cancellation": {
    /** Cancel the event permanently */
    post: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
  };
  "/v1/organizers/:slug/events/:eventId/postponement": {
    /** Postpone the event without a new date */
    post: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
    /** Let a postponed event take place on its old date */
    delete: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
  };
  "/v1/organizers/:slug/events/:eventId/sales": {
    /** Open or close all sales at once */
    put: {
      input: { param: { slug: string; eventId: string }; json: Sales };
      data: OrganizerEvent;
    };
    /** Sold and held tickets of an event */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: SalesFigures;
    };
  };
  "/v1/organizers/:slug/events/:eventId/picture": {
    /** Give an event a picture */
    put: {
      input: { param: { slug: string; eventId: string }; query?: {
        /** The point that every cut keeps in view, in percent of the width from the left. 50 by default. */
        focusX?: number;
        /** In percent of the height from the top. 50 by default. */
        focusY?: number;
        /** A description of the picture for people who cannot see it. Empty for a decorative picture. */
        alt?: string;
      }; bytes: Uint8Array };
      data: OrganizerEvent;
    };
    /** Cut the picture around another focus, or describe it */
    patch: {
      input: { param: { slug: string; eventId: string }; json: ChangePicture };
      data: OrganizerEvent;
    };
    /** Show the event without a picture */
    delete: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerEvent;
    };
  };
  "/v1/organizers/:slug/profile": {
    /** The profile of the organiser */
    get: {
      input: { param: { slug: string } };
      data: OrganizerProfile;
    };
    /** Set the contact, the privacy notice and the terms that buyers see */
    put: {
      input: { param: { slug: string }; json: OrganizerProfile };
      data: OrganizerProfile;
    };
  };
  "/v1/organizers/:slug/events/:eventId/schedule": {
    /** The schedule */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: Schedule;
    };
    /** Add a schedule item */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreateScheduleItem };
      data: ScheduleItem;
    };
  };
  "/v1/organizers/:slug/events/:eventId/schedule/:scheduleItemId": {
    /** Change a schedule item */
    patch: {
      input: { param: { slug: string; eventId: string; scheduleItemId: string }; json: ChangeScheduleItem };
      data: ScheduleItem;
    };
    /** Delete a schedule item */
    delete: {
      input: { param: { slug: string; eventId: string; scheduleItemId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/ticket-categories": {
    /** The ticket categories */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: OrganizerTicketCategories;
    };
    /** Add a ticket category */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreateTicketCategory };
      data: OrganizerTicketCategory;
    };
  };
  "/v1/organizers/:slug/events/:eventId/ticket-categories/:ticketCategoryId": {
    /** Change a ticket category */
    patch: {
      input: { param: { slug: string; eventId: string; ticketCategoryId: string }; json: ChangeTicketCategory };
      data: OrganizerTicketCategory;
    };
    /** Delete a ticket category that was never ordered */
    delete: {
      input: { param: { slug: string; eventId: string; ticketCategoryId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/pools": {
    /** Add a pool of places */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreatePool };
      data: Pool;
    };
    /** The pools of an event and their counters */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: PoolList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/pools/:poolId": {
    /** Change the capacity of a pool, or its blocked places */
    patch: {
      input: { param: { slug: string; eventId: string; poolId: string }; json: ChangePool };
      data: Pool;
    };
  };
  "/v1/organizers/:slug/events/:eventId/promo-codes": {
    /** Add a promo code */
    post: {
      input: { param: { slug: string; eventId: string }; json: CreatePromoCode };
      data: PromoCode;
    };
    /** The promo codes of an event and how often each was redeemed */
    get: {
      input: { param: { slug: string; eventId: string }; query?: { cursor?: string; limit?: number } };
      data: PromoCodeList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/promo-codes/copies": {
    /** Copy the active promo codes of another event */
    post: {
      input: { param: { slug: string; eventId: string }; json: CopyPromoCodes };
      data: CopiedPromoCodes;
    };
  };
  "/v1/organizers/:slug/events/:eventId/promo-codes/:promoCodeId": {
    /** Change how often or how long a promo code is valid, or close it */
    patch: {
      input: { param: { slug: string; eventId: string; promoCodeId: string }; json: ChangePromoCode };
      data: PromoCode;
    };
  };
  "/v1/organizers/:slug/events/:eventId/orders": {
    /** Orders of an event, newest first */
    get: {
      input: { param: { slug: string; eventId: string }; query?: {
        cursor?: string;
        limit?: number;
        status?: "pending_payment" | "closing" | "paid" | "partially_refunded" | "refunded" | "expired" | "cancelled";
        /** A complete order code or email address. */
        q?: string;
      } };
      data: DeskOrderList;
    };
  };
  "/v1/organizers/:slug/orders/:orderId": {
    /** An order */
    get: {
      input: { param: { slug: string; orderId: string } };
      data: DeskOrder;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/cancellation": {
    /** End an order */
    post: {
      input: { param: { slug: string; orderId: string } };
      data: DeskOrder;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/buyer": {
    /** Correct the buyer's name, or a mistyped address, and send the tickets there */
    patch: {
      input: { param: { slug: string; orderId: string }; json: CorrectBuyer };
      data: DeskOrder;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/tickets/:ticketId": {
    /** Correct the name on a ticket */
    patch: {
      input: { param: { slug: string; orderId: string; ticketId: string }; json: CorrectHolderName };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/notes": {
    /** Write a note on an order, for the desk only */
    post: {
      input: { param: { slug: string; orderId: string }; json: WriteNote };
      data: OrderNote;
    };
  };
  "/v1/organizers/:slug/events/:eventId/complimentary-orders": {
    /** Give tickets away */
    post: {
      input: { param: { slug: string; eventId: string }; header: { "idempotency-key": string }; json: ComplimentaryOrder };
      data: DeskOrder;
    };
  };
  "/v1/organizers/:slug/order-searches": {
    /** Find orders by name, email, phone or code, newest first */
    post: {
      input: { param: { slug: string }; json: SearchOrders };
      data: FoundOrders;
    };
  };
  "/v1/organizers/:slug/orders/:orderId/story": {
    /** Everything that happened to an order, oldest first */
    get: {
      input: { param: { slug: string; orderId: string } };
      data: OrderStory;
    };
  };
  "/v1/organizers/:slug/personal-data": {
    /** Everything that is kept of one person, by email or phone */
    post: {
      input: { param: { slug: string }; json: ShowPersonalData };
      data: PersonalData;
    };
  };
  "/v1/organizers/:slug/events/:eventId/attendees": {
    /** Everybody with a ticket, and whether they have entered */
    get: {
      input: { param: { slug: string; eventId: string }; query?: {
        cursor?: string;
        limit?: number;
        orderId?: string;
        ticketCategoryId?: string;
        /** `in`: inside now. `out`: was inside and left. `not_yet`: has a valid ticket and has not entered. */
        presence?: "in" | "out" | "not_yet";
      } };
      data: AttendeeList;
    };
  };
  "/v1/organizers/:slug/events/:eventId/sales/figures": {
    /** The figures of a running sale */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: SaleFigures;
    };
  };
  "/v1/organizers/:slug/events/:eventId/sales/minutes": {
    /** A sale minute by minute, for its replay */
    get: {
      input: { param: { slug: string; eventId: string }; query?: { from?: string; to?: string } };
      data: SaleMinutes;
    };
  };
  "/v1/organizers/:slug/reports": {
    /** Request a file with attendees, orders, payments, refunds, entries of the ledger, check-ins or deliveries */
    post: {
      input: { param: { slug: string }; json: RequestReport };
      data: Report;
    };
    /** Reports, newest first */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: ReportList;
    };
  };
  "/v1/organizers/:slug/reports/:reportId": {
    /** The progress of a report */
    get: {
      input: { param: { slug: string; reportId: string } };
      data: Report;
    };
  };
  "/v1/organizers/:slug/reports/:reportId/cancellation": {
    /** Cancel a waiting or running report */
    post: {
      input: { param: { slug: string; reportId: string } };
      data: Report;
    };
  };
  "/v1/organizers/:slug/reports/:reportId/file": {
    /** The file of a report */
    get: {
      input: { param: { slug: string; reportId: string } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/reports/:reportId/links": {
    /** Create a link that opens the file for a day */
    post: {
      input: { param: { slug: string; reportId: string } };
      data: ReportLink;
    };
  };
  "/v1/report-downloads": {
    /** The file of a report, by the token of its link */
    post: {
      input: { json: DownloadReport };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/report-schedules": {
    /** Create a schedule that makes a report every day or week */
    post: {
      input: { param: { slug: string }; json: CreateReportSchedule };
      data: ReportSchedule;
    };
    /** The active schedules */
    get: {
      input: { param: { slug: string }; query?: { cursor?: string; limit?: number } };
      data: ReportScheduleList;
    };
  };
  "/v1/organizers/:slug/report-schedules/:scheduleId": {
    /** End a schedule */
    delete: {
      input: { param: { slug: string; scheduleId: string } };
      data: undefined;
    };
  };
  "/v1/events/:slug/stream": {
    /** Availability and waiting room of an event, live */
    get: {
      input: { param: { slug: string }; header?: {
        /** The id of the last event that the client received. Within five minutes, no event is missed. */
        "last-event-id"?: string;
      } };
      data: undefined;
    };
  };
  "/v1/orders/:id/stream": {
    /** Changes of an order, live */
    get: {
      input: { param: { id: string }; header?: {
        /** The id of the last event that the client received. Within five minutes, no event is missed. */
        "last-event-id"?: string;
      } };
      data: undefined;
    };
  };
  "/v1/events/:id/check-ins/stream": {
    /** The counters of a door, live */
    get: {
      input: { param: { id: string }; header?: {
        /** The id of the last event that the client received. Within five minutes, no event is missed. */
        "last-event-id"?: string;
      } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/sales/stream": {
    /** The sale of an event, live */
    get: {
      input: { param: { slug: string; eventId: string }; header?: {
        /** The id of the last event that the client received. Within five minutes, no event is missed. */
        "last-event-id"?: string;
      } };
      data: undefined;
    };
  };
  "/v1/organizers/:slug/events/:eventId/gates": {
    /** List gates */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: GateList;
    };
    /** Add a gate */
    post: {
      input: { param: { slug: string; eventId: string }; json: NewGate };
      data: Gate;
    };
  };
  "/v1/organizers/:slug/events/:eventId/gates/:gateId": {
    /** Change a gate */
    patch: {
      input: { param: { slug: string; eventId: string; gateId: string }; json: GateChange };
      data: Gate;
    };
    /** Remove a gate */
    delete: {
      input: { param: { slug: string; eventId: string; gateId: string } };
      data: undefined;
    };
  };
  "/status.json": {
    /** The status of the service */
    get: {
      input: {  };
      data: ServiceStatus;
    };
  };
  "/v1/organizers/:slug/events/:eventId/zones": {
    /** List zones */
    get: {
      input: { param: { slug: string; eventId: string } };
      data: ZoneList;
    };
    /** Add a zone */
    post: {
      input: { param: { slug: string; eventId: string }; json: NewZone };
      data: Zone;
    };
  };
  "/v1/organizers/:slug/events/:eventId/zones/:zoneId": {
    /** Change a zone */
    patch: {
      input: { param: { slug: string; eventId: string; zoneId: string }; json: ZoneChange };
      data: Zone;
    };
    /** Remove a zone */
    delete: {
      input: { param: { slug: string; eventId: string; zoneId: string } };
      data: undefined;
    };
  };
};
