/**
 * Where builders put the SBOM of an image: in a referrer (ORAS, cosign's bundles), in cosign's tags, and in members of an
 * index that are about another member (BuildKit). Which layers of such a manifest are documents that can be read.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import { type Digest, isDigest } from '@naru/oci/digest';
import type { ParsedManifest } from '@naru/oci/manifest';

/** As they are, or wrapped in a statement, an envelope or a bundle; what is inside is looked at when it is read. */
export const documentTypes = ['application/spdx+json', 'text/spdx+json', 'application/vnd.cyclonedx+json'] as const;
const documents: ReadonlySet<string> = new Set(documentTypes);
const wrappers: ReadonlySet<string> = new Set(['application/vnd.in-toto+json', 'application/vnd.dsse.envelope.v1+json']);
const bundles = 'application/vnd.dev.sigstore.bundle';
const predicates = ['https://spdx.dev/Document', 'https://cyclonedx.org/bom'];
const predicateAnnotations = ['in-toto.io/predicate-type', 'dev.sigstore.bundle.predicateType', 'predicateType'];

/** Of one manifest (I6). */
const layersMax = 16;

/** Empty for what holds no SBOM that can be read. */
export function documentLayers({ layers, annotations, artifactType = '' }: ParsedManifest): readonly Descriptor[] {
  // ORAS names the layer as it likes.
  if (documents.has(artifactType) && layers.length === 1) return layers;
  return layers.filter((layer) => isDocument(layer, annotations)).slice(0, layersMax);
}

function isDocument({ mediaType, annotations = {} }: Descriptor, around: Readonly<Record<string, string>>): boolean {
  if (documents.has(mediaType)) return true;
  if (!wrappers.has(mediaType) && !mediaType.startsWith(bundles)) return false;
  const predicate = predicateAnnotations.map((name) => annotations[name] ?? around[name]).find((said) => said !== undefined);
  return predicate !== undefined && predicates.some((beginning) => predicate.startsWith(beginning));
}

/** Members of an index that are about another one, and about which. */
export function aboutMembers({ manifests }: Pick<ParsedManifest, 'manifests'>): { digest: Digest; subject: Digest }[] {
  return manifests.flatMap(({ digest, annotations = {} }) => {
    const subject = annotations['vnd.docker.reference.digest'] ?? '';
    return annotations['vnd.docker.reference.type'] === 'attestation-manifest' && isDigest(subject) ? [{ digest, subject }] : [];
  });
}

/** cosign's `sha256-<hex>.sbom` and `.att`: what they are about. */
export function taggedSubject(tag: string): Digest | undefined {
  const [, algorithm = '', hex = ''] = /^(sha256|sha512)-([0-9a-f]+)\.(?:att|sbom)$/.exec(tag) ?? [];
  const text = `${algorithm}:${hex}`;
  return isDigest(text) ? text : undefined;
}
