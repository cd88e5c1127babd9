/** Makes the gate of its parts, for the server and for `naru admin` without one. */
import { createGate, type Gate } from './gate/gate.ts';
import type { Checks } from './gate/finding-summary.ts';
import type { FactParts } from './gate/image-facts.ts';
import { gateJobKinds } from './gate/judge-kinds.ts';
import { createReviews } from './gate/reviews.ts';
import { createShownContent, type ShownContent } from './gate/shown-content.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import type { Registry } from './registry/registry.ts';
import type { Clock } from './runtime/clock.ts';
import { createImageSignatures, type ImageSignatures } from './signatures/signatures.ts';

export type OpenGate = {
  readonly gate: Gate;
  readonly shown: ShownContent;
  readonly signatures: ImageSignatures;
  readonly facts: FactParts;
  readonly jobKinds: readonly JobKind[];
};

type GateParts = { readonly rows: MetadataStore; readonly registry: Registry; readonly checks: Checks; readonly clock: Clock };

export function openGate({ rows, registry, checks, clock }: GateParts): OpenGate {
  const signatures = createImageSignatures({ registry, rows: rows.gate.signers, clock });
  const facts: FactParts = { registry, checks, signatures };
  const reviews = createReviews(rows.reviews.hot);
  return {
    gate: createGate(rows.gate.hot, reviews),
    shown: createShownContent({ reviews, hot: rows.reviews.hot, tags: registry.tags, lineage: rows.lineage }),
    signatures,
    facts,
    jobKinds: gateJobKinds({ ...facts, rows: rows.gate, store: rows, clock }),
  };
}
