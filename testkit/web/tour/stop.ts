import type { Page } from 'playwright-core';

/** One page in one state. */
export type Stop = {
  /** Names the picture, too. */
  readonly name: string;
  /** The pattern of the page's address in the service. */
  readonly route: string;
  /** Without a query. */
  readonly path: string;
  readonly fragment?: string;
  /** Whose session the browser has. The operator's pages are on the operations port. */
  readonly as?: 'owner' | 'newcomer' | 'operator';
  /** The status that the page is answered with, if it is not 200. */
  readonly status?: number;
  /** Before the page is opened. */
  readonly before?: (page: Page) => Promise<void>;
  /** From the opened page to the state. */
  readonly after?: (page: Page) => Promise<void>;
};

/** Addresses of the website that are no pages. */
export const noPages = [
  '/robots.txt',
  '/sitemap.xml',
  '/favicon.ico',
  '/status.json',
  '/door/worker.js',
  '/door/manifest.webmanifest',
  '/order-worker.js',
];
