import { expect, test } from 'bun:test';
import { referrerKind } from './referrer-kind.ts';

test.each([
  [{ artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json' }, 'signature'],
  [{ artifactType: 'application/vnd.cncf.notary.signature' }, 'signature'],
  [{ artifactType: 'application/spdx+json' }, 'sbom'],
  [{ artifactType: 'application/vnd.cyclonedx+json' }, 'sbom'],
  [{ artifactType: 'application/vnd.in-toto+json', annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' } }, 'provenance'],
  [{ artifactType: 'application/vnd.in-toto+json' }, 'attestation'],
  [{ artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }, 'signature'],
  [
    { artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', annotations: { 'dev.sigstore.bundle.predicateType': 'https://spdx.dev/Document' } },
    'sbom',
  ],
  [{ artifactType: '<script>' }, 'other'],
  [{}, 'other'],
] as const)('%j', (referrer, kind) => {
  expect(referrerKind(referrer)).toBe(kind);
});
