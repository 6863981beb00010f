import type { ReportKindName } from '../../tables.ts';
import { attendees } from './attendees.ts';
import { checkIns } from './check-ins.ts';
import { deliveries } from './deliveries.ts';
import type { ReportKind } from './kind.ts';
import { ledger } from './ledger.ts';
import { orders } from './orders.ts';
import { payments } from './payments.ts';
import { refunds } from './refunds.ts';

export const kinds: Readonly<Record<ReportKindName, ReportKind>> = {
  attendees,
  orders,
  payments,
  refunds,
  ledger,
  check_ins: checkIns,
  deliveries,
};
