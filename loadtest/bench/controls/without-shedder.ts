import type { Service } from '../../../src/compose.ts';
import { createDecide } from '../../../src/traffic-control/index.ts';

/** The service without load shedding. */
export function withoutShedder(product: Service): Service {
  const shedder = {
    cause: () => undefined,
    isShedding: () => false,
    refusedLater: () => {},
    retryAfterSeconds: () => 1,
    close: () => {},
  };
  return { ...product, decide: createDecide({ ...product.traffic, shedder }, product.clientNetwork) };
}
