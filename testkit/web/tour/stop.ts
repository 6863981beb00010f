import type { Page } from 'playwright-core';
import { saleStreamPath } from '../../../src/web/server/desk/sale/sale-stream.ts';

/** One page in one state. */
export type Stop = {
  /** Also the name of the picture. */
  readonly name: string;
  /** The pattern of the page's address in the service. */
  readonly route: string;
  /** Without a query. */
  readonly path: string;
  readonly fragment?: string;
  /** The signed-in person. The operator's pages are on the operations port. */
  readonly as?: 'owner' | 'newcomer' | 'operator';
  /** The page's HTTP status if it is not 200. */
  readonly status?: number;
  /** Runs before the page is opened, at an address of the service without scripts. */
  readonly before?: (page: Page) => Promise<void>;
  /** Brings the opened page into its state. */
  readonly after?: (page: Page) => Promise<void>;
};

/** Addresses of the website that are not pages. */
export const noPages = [
  '/robots.txt',
  '/sitemap.xml',
  '/favicon.ico',
  '/status.json',
  '/manifest.webmanifest',
  '/door/worker.js',
  '/door/manifest.webmanifest',
  '/order-worker.js',
  saleStreamPath,
];
