import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubernetesObjects } from './support/deployment.ts';
import { selectorsOf } from './support/expressions.ts';
import { knownMetrics } from './support/known-metrics.ts';

/** Rules that no schema knows. `npm run check:kubernetes` validates base and overlay against the schemas. */

type Labels = Readonly<Record<string, string>>;
type PodSpec = {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: { readonly runAsNonRoot?: boolean };
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly containers: readonly {
    readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    readonly resources: { readonly requests?: Labels; readonly limits?: Labels };
    readonly securityContext: { readonly readOnlyRootFilesystem?: boolean };
  }[];
};
type Spec = {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
  readonly scaleTargetRef: { readonly kind?: string; readonly name: string };
  readonly maxReplicas: number;
  readonly maxReplicaCount: number;
  readonly minReplicaCount: number;
  readonly triggers: readonly { readonly type: string; readonly metadata: Labels }[];
  readonly policyTypes: readonly string[];
};
type Patch = { readonly patch: string; readonly target?: { readonly kind: string; readonly name: string } };

const objects = kubernetesObjects()
  .filter(({ kind }) => kind !== 'Kustomization')
  .map((object) => ({ ...object, spec: object['spec'] as Spec }));
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const overlay = parse(readFileSync('deploy/kubernetes/overlays/production/kustomization.yaml', 'utf8')) as {
  readonly resources: readonly string[];
  readonly patches: readonly Patch[];
};
/** The product finishes its work within 8 s after a second in which it still serves (docs/operations.md). */
const drainSeconds = 9;
/** A size as nginx writes it. */
const bytesOf = (size: string) => Number.parseInt(size, 10) * (size.endsWith('m') ? 2 ** 20 : 2 ** 10);

it('every Deployment drains, is spread over machines and zones, is limited, and survives a drained machine', () => {
  expect(ofKind('Deployment').map(({ metadata }) => metadata.name)).toEqual(['antre-api', 'antre-worker']);
  for (const { metadata, spec } of ofKind('Deployment')) {
    const { spec: pod, metadata: labelled } = spec.template;
    const waits = Number(pod.containers[0]?.lifecycle?.preStop.exec.command[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(waits + drainSeconds);
    expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    const budget = ofKind('PodDisruptionBudget').find(({ metadata: { name } }) => name === metadata.name);
    expect(budget?.spec.selector.matchLabels).toEqual(labelled.labels);
  }
});

it('every pod has a memory limit, does not run as root, and has a read-only disk', () => {
  const pods = [...ofKind('Deployment'), ...ofKind('Job')].map(({ spec }) => spec.template.spec);
  expect(pods).toHaveLength(3);
  for (const pod of pods) {
    expect(pod.securityContext.runAsNonRoot).toBe(true);
    for (const { resources, securityContext } of pod.containers) {
      expect(resources.limits?.['memory']).toBeDefined();
      expect(resources.requests?.['cpu']).toBeDefined();
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
    }
  }
});

it('the migration can be applied alone, before the pods of its release', () => {
  const handbook = readFileSync('docs/operations.md', 'utf8');
  const [, label = '', value] = /kubectl apply -k \S+ -l (\S+)=(\S+)\n/.exec(handbook) ?? [];
  expect(objects.filter(({ metadata }) => metadata.labels?.[label] === value).map(({ kind }) => kind)).toEqual(['Job']);
});

it('connections are denied unless they are allowed, in both directions', () => {
  const policies = ofKind('NetworkPolicy').flatMap(({ spec }) => spec.policyTypes);
  expect(policies.toSorted()).toEqual(['Egress', 'Ingress']);
});

it('the ingress takes every body that the edge takes', () => {
  const edge = readFileSync('deploy/nginx/edge-server.conf', 'utf8');
  const limits = [...edge.matchAll(/client_max_body_size (\S+);/g)].map(([, size = '']) => bytesOf(size));
  expect(limits.length).toBeGreaterThan(1);
  const [ingress] = ofKind('Ingress');
  const limit = ingress?.metadata.annotations?.['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '';
  expect(bytesOf(limit)).toBe(Math.max(...limits));
});

it('the overlay changes only what the base has, and scales what the base runs', () => {
  const named = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  for (const { patch, target } of overlay.patches) {
    const inline = target === undefined ? (parse(patch) as (typeof objects)[number]) : undefined;
    expect(named).toContain(`${target?.kind ?? inline?.kind} ${target?.name ?? inline?.metadata.name}`);
  }
  const scaled = ofKind('ScaledObject').map(({ spec }) => spec.scaleTargetRef.name);
  expect(scaled).toEqual(ofKind('Deployment').map(({ metadata }) => metadata.name));
  // Two autoscalers of one Deployment would work against each other, and so would a fixed number of replicas.
  const removed = overlay.patches.filter(({ patch }) => patch.includes('$patch: delete')).map(({ patch }) => patch);
  for (const { metadata } of ofKind('HorizontalPodAutoscaler'))
    expect(removed.some((patch) => patch.includes(`name: ${metadata.name}`))).toBe(true);
  const fixed = ofKind('Deployment').filter(({ spec }) => spec.replicas !== undefined);
  for (const { metadata } of fixed)
    expect(
      overlay.patches.some(({ target, patch }) => target?.name === metadata.name && patch.includes('/spec/replicas')),
    ).toBe(true);
});

it('scaling asks for metrics that the code has, and more pods than PgBouncer takes are never made', async () => {
  const known = await knownMetrics();
  const triggers = ofKind('ScaledObject').flatMap(({ spec }) => spec.triggers);
  const queries = triggers.flatMap(({ metadata }) => metadata['query'] ?? []);
  expect(queries.length).toBeGreaterThanOrEqual(4);
  const unknown = queries.flatMap((query) => selectorsOf(query).filter(({ metric }) => !known.has(metric)));
  expect(unknown).toEqual([]);
  const [autoscaler] = ofKind('HorizontalPodAutoscaler');
  const [api] = ofKind('ScaledObject');
  expect(api?.spec.maxReplicaCount).toBe(autoscaler?.spec.maxReplicas);
});

it('a kustomization names every file except the example of the secret', () => {
  const files = globSync('**/*.yaml', { cwd: 'deploy/kubernetes' })
    .map((file) => file.split('/').at(-1) ?? '')
    .filter((name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name));
  const listed = kubernetesObjects()
    .filter(({ kind }) => kind === 'Kustomization')
    .flatMap((object) => object['resources'] as readonly string[])
    .filter((name) => name !== '../../base');
  expect(new Set(listed)).toEqual(new Set(files));
});
