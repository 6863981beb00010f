import { randomUUID } from 'node:crypto';
import { readTicketCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import { sha256Hex } from '../../src/platform/crypto.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';
import {
  type Judgement,
  type ListEntry,
  type ListRules,
  judgeOffline,
  passed,
} from '../../src/web/client/door/offline/judge-offline.ts';
import type { DoorEvent } from './door-event.ts';
import type { Door } from './door.ts';

type Queued = { code: string; scanId: string; scannedAt: string; clockOffsetMs: number; result: string; gate: string };

/** A phone at a gate: its list, its clock, and its decisions that are not uploaded yet. */
export class Phone {
  readonly list = new Map<string, ListEntry>();
  readonly queue: Queued[] = [];
  readonly gate: string;
  private readonly door: Door;
  private readonly event: DoorEvent;
  private readonly token: string;
  private readonly clockOffsetMs: number;
  private rules: ListRules | undefined;

  constructor(door: Door, event: DoorEvent, phone: { gate: string; token: string; clockOffsetMs: number }) {
    this.door = door;
    this.event = event;
    this.gate = phone.gate;
    this.token = phone.token;
    this.clockOffsetMs = phone.clockOffsetMs;
  }

  /** Reads the door list. */
  async read(): Promise<void> {
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      const { body } = await this.door.call(this.token, 'GET', `/v1/events/${this.event.eventId}/door-list${query}`);
      for (const entry of body.data) this.list.set(entry.codeSha256, entry);
      this.rules = body;
      cursor = body.nextCursor;
    } while (cursor !== null);
  }

  /** Decides without a network. @param nowMs by the server's clock */
  async decide(code: string, nowMs: number): Promise<Judgement> {
    const read = readTicketCode(code);
    if (this.rules === undefined || read === undefined) throw new Error('not ready');
    const hash = sha256Hex(encodeBase32(read.code));
    const entry = this.list.get(hash);
    const result = await judgeOffline(this.rules, { read, entry, gate: this.gate, direction: 'entry', nowMs });
    const at = new Date(nowMs).toISOString();
    if (result === 'admitted') {
      const base = entry ?? { codeSha256: hash, ticketCategoryId: '', status: 'live', admission: null, guest: null };
      this.list.set(hash, passed(base, { direction: 'entry', at, gate: this.gate }));
    }
    if (result !== 'unknown') {
      const scannedAt = new Date(nowMs - this.clockOffsetMs).toISOString();
      const { gate, clockOffsetMs } = this;
      this.queue.push({ code, scanId: randomUUID(), scannedAt, clockOffsetMs, result, gate });
    }
    return result;
  }

  /** Asks the service. @returns the result */
  async scan(code: string): Promise<string> {
    const asked = { eventId: this.event.eventId, scanId: randomUUID(), code, gate: this.gate };
    return (await this.door.call(this.token, 'POST', '/v1/check-ins', asked)).body.result;
  }

  /**
   * Uploads its decisions.
   * @returns those that were not accepted
   */
  async upload(how: { readonly perUpload: number; readonly losesReply: boolean } | undefined): Promise<string[]> {
    const { perUpload = 50, losesReply = false } = how ?? {};
    const faults: string[] = [];
    while (this.queue.length > 0) {
      const scans = this.queue.splice(0, perUpload);
      for (let times = losesReply ? 2 : 1; times > 0; times -= 1) {
        const { status, body } = await this.door.sync(this.token, scans, { eventId: this.event.eventId });
        if (status !== 200 || body.data.some(({ result }: { result: string }) => result === 'refused'))
          faults.push(`an upload of ${this.gate} was answered ${status} ${JSON.stringify(body).slice(0, 200)}`);
      }
    }
    return faults;
  }
}
