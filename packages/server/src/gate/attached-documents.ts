/**
 * What comes beside an image: a list of its parts, and how it was built. It is looked for where
 * builders put it: referrers (ORAS, cosign's bundles), tags (cosign), and members of an index (BuildKit).
 *
 * It is only seen that it is there: who made it, a demand for a signature says.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { AttachedKind } from './policy.ts';

const byType: Readonly<Record<string, AttachedKind>> = {
  'application/spdx+json': 'sbom',
  'text/spdx+json': 'sbom',
  'text/spdx': 'sbom',
  'application/vnd.cyclonedx+json': 'sbom',
  'application/vnd.cyclonedx+xml': 'sbom',
  'application/vnd.syft+json': 'sbom',
};

/** in-toto statements, by the beginning of their predicate's type. */
const byPredicate: readonly (readonly [string, AttachedKind])[] = [
  ['https://slsa.dev/provenance/', 'provenance'],
  ['https://spdx.dev/Document', 'sbom'],
  ['https://cyclonedx.org/bom', 'sbom'],
];

/** Where the makers of statements say what they state. */
const predicateAnnotations = ['in-toto.io/predicate-type', 'dev.sigstore.bundle.predicateType', 'predicateType'];

/** Of a referrer, or of a layer of a statement. */
export function attachedKindOf({
  artifactType,
  mediaType,
  annotations = {},
}: Pick<Descriptor, 'artifactType' | 'mediaType' | 'annotations'>): AttachedKind | undefined {
  for (const name of predicateAnnotations) {
    const predicate = annotations[name];
    if (predicate !== undefined) return byPredicate.find(([beginning]) => predicate.startsWith(beginning))?.[1];
  }
  return byType[artifactType ?? ''] ?? byType[mediaType];
}
