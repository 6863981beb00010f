import { Hono } from 'hono';
import { z } from 'zod';
import type { World } from '../world.ts';
import { beaconRuleSchema } from '../beacon/beacon-rules.ts';
import { whatsappRuleSchema } from '../graph/whatsapp-rules.ts';
import { gatewayRuleSchema } from '../message-gateways/gateways.ts';
import { scenarioSchema } from '../midtrans/scenarios.ts';
import { smtpRuleSchema } from '../smtp/smtp-rules.ts';
import { sinkScriptSchema } from '../webhook-sink.ts';
import { rulesMax } from '../rule-book.ts';
import { readBody } from './read-body.ts';

type Book<Rule> = Readonly<{ add: (rule: Rule) => void; all: () => readonly Rule[]; clear: () => void }>;

/** The scripts: how payments, WhatsApp messages, mail and webhooks misbehave. */
export function ruleRoutes(world: World): Hono {
  const scenarios = world.midtrans.scenarios;
  const recordedScenarios: Book<z.output<typeof scenarioSchema>> = {
    ...scenarios,
    add: (scenario) => {
      world.journal.append({ kind: 'control.scenario', scenario });
      scenarios.add(scenario);
    },
    clear: () => {
      world.journal.append({ kind: 'control.scenarios_cleared' });
      scenarios.clear();
    },
  };
  return new Hono()
    .route('/scenarios', bookRoutes(recordedScenarios, scenarioSchema))
    .route('/whatsapp/rules', bookRoutes(world.graph.rules, whatsappRuleSchema))
    .route('/gateways/rules', bookRoutes(world.gateways.rules, gatewayRuleSchema))
    .route('/beacon/rules', bookRoutes(world.beacon.rules, beaconRuleSchema))
    .route('/smtp/rules', bookRoutes(world.smtpRules, smtpRuleSchema))
    .put('/webhook-sinks/:name', async (context) => {
      const read = await readBody(context, sinkScriptSchema);
      if ('response' in read) return read.response;
      world.webhookSink.scripts.set(context.req.param('name'), read.value);
      return context.json({ data: read.value });
    });
}

/** POST one rule or `{ rules: [] }`, GET all, DELETE all. */
function bookRoutes<Schema extends z.ZodObject>(book: Book<z.output<Schema>>, schema: Schema): Hono {
  const oneOrMany = z.union([z.strictObject({ rules: z.array(schema).max(rulesMax) }), schema]);
  return new Hono()
    .get('/', (context) => context.json({ data: book.all() }))
    .delete('/', (context) => {
      book.clear();
      return context.body(null, 204);
    })
    .post('/', async (context) => {
      const read = await readBody(context, oneOrMany);
      if ('response' in read) return read.response;
      const { value } = read;
      const rules = isMany(value) ? value.rules : [value];
      for (const rule of rules) book.add(rule);
      return context.json({ added: rules.length }, 201);
    });
}

function isMany(value: object): value is { rules: readonly unknown[] } {
  return 'rules' in value && Array.isArray(value.rules);
}
