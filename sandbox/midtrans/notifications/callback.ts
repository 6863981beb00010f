/** One callback to one address, from its first attempt to its last. */
export type Callback = Readonly<{
  callbackId: string;
  orderId: string;
  transactionId: string;
  transactionStatus: string;
  url: string;
  body: string;
  /** Set for bodies that did not come from a true event; they are sent once. */
  forged?: string;
}>;
