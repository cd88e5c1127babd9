/** What an artifact is to people, by the types that the usual programs give it. */
export type ReferrerKind = 'signature' | 'sbom' | 'provenance' | 'attestation' | 'other';

export function referrerKind({ artifactType = '', annotations = {} }: { artifactType?: string; annotations?: Readonly<Record<string, string>> }): ReferrerKind {
  const predicate = `${annotations['predicateType'] ?? ''} ${annotations['dev.sigstore.bundle.predicateType'] ?? ''} ${annotations['in-toto.io/predicate-type'] ?? ''}`;
  if (/spdx|cyclonedx|syft/i.test(artifactType + predicate)) return 'sbom';
  if (/slsa|provenance/i.test(artifactType + predicate)) return 'provenance';
  if (/signature|cosign|sigstore.*simplesigning/i.test(artifactType)) return 'signature';
  if (/in-toto|sigstore\.bundle|attestation/i.test(artifactType)) return predicate.trim() === '' && /bundle/i.test(artifactType) ? 'signature' : 'attestation';
  return 'other';
}
