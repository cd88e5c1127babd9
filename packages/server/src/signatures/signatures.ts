/**
 * The signatures of an image: found where signers put them, and held against whom the repository trusts.
 *
 *     cosign     tag sha256-<hex>.sig, or a referrer          layers: payloads with the signature beside
 *     bundle     a referrer                                   layers: Sigstore's bundles
 *     notation   a referrer                                   layers: envelopes in JWS or COSE
 *
 * Everything in them is a stranger's: sizes and numbers are bounded, and nothing is asked elsewhere.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { parseManifest } from '@naru/oci/manifest';
import { isRegistryError } from '@naru/oci/registry-error';
import { isTag, type RepositoryName } from '@naru/oci/repository-name';
import { simpleSigningMediaType } from '@naru/oci/simple-signing';
import { readBytes } from '../blobstore/read-bytes.ts';
import type { NamedSigner, SignerRows } from '../metadata/gate/signer-port.ts';
import type { Manifest } from '../metadata/port.ts';
import type { Registry } from '../registry/registry.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkBundle } from './check-bundle.ts';
import { checkCosign } from './check-cosign.ts';
import { checkNotation, notationEnvelopes } from './check-notation.ts';
import { type FoundSignature, InvalidSignature, type Proof, type SignatureKind } from './signature.ts';

export type ImageSignatures = {
  list(repository: RepositoryName, digest: Digest): Promise<FoundSignature[]>;
  /** The trusted signers that have a valid signature on it. */
  listSigners(repository: RepositoryName, digest: Digest): Promise<NamedSigner[]>;
};

export type SignatureParts = { readonly registry: Pick<Registry, 'manifests' | 'referrers' | 'blobs'>; readonly rows: SignerRows; readonly clock: Clock };

/** Of one image (I6). */
const manifestsMax = 100;
const layersMax = 100;
/** A statement may list much; a payload does not. */
const envelopeMaxBytes = 4 * 2 ** 20;

const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?\+json(?:;version=0\.\d+)?$/;
const notationType = 'application/vnd.cncf.notary.signature';

export function createImageSignatures({ registry, rows, clock }: SignatureParts): ImageSignatures {
  return {
    list: async (repository, digest) => (await checkAll(repository, digest)).map(({ found }) => found),

    async listSigners(repository, digest) {
      const signers = new Set<NamedSigner>();
      for (const { signer } of await checkAll(repository, digest)) if (signer !== undefined) signers.add(signer);
      return [...signers];
    },
  };

  async function checkAll(repository: RepositoryName, digest: Digest): Promise<{ found: FoundSignature; signer: NamedSigner | undefined }[]> {
    const signers = await rows.listFor(repository);
    const checked = [];
    for (const manifest of await listCandidates(repository, digest)) {
      const { layers, artifactType } = parseManifest(manifest.bytes, manifest.mediaType);
      for (const layer of layers.slice(0, layersMax)) {
        const kind = kindOf(layer, artifactType);
        if (kind === undefined) continue;
        const place = { kind, manifest: manifest.digest, layer: layer.digest };
        const proof = await prove(repository, { kind, layer, image: digest }, signers);
        if (proof instanceof InvalidSignature) {
          checked.push({ found: { ...place, valid: false as const, reason: proof.reason, detail: proof.message, claims: [] }, signer: undefined });
        } else {
          const { signer, ...shown } = proof;
          checked.push({ found: { ...place, valid: true as const, signer: signer.name, ...shown }, signer });
        }
      }
    }
    return checked;
  }

  async function listCandidates(repository: RepositoryName, digest: Digest): Promise<Manifest[]> {
    const found: (Manifest | undefined)[] = [];
    const tag = `${digest.replace(':', '-')}.sig`;
    if (isTag(tag)) found.push(await orGone(registry.manifests.get(repository, { kind: 'tag', tag })));
    const { descriptors } = await registry.referrers.list({ repository, subject: digest, limit: manifestsMax });
    for (const referrer of descriptors) {
      if (referrer.digest !== found[0]?.digest) found.push(await orGone(registry.manifests.get(repository, { kind: 'digest', digest: referrer.digest })));
    }
    return found.filter((manifest) => manifest !== undefined);
  }

  async function prove(
    repository: RepositoryName,
    { kind, layer, image }: { kind: SignatureKind; layer: Descriptor; image: Digest },
    signers: readonly NamedSigner[],
  ): Promise<Proof | InvalidSignature> {
    try {
      const bytes = await readEnvelope(repository, layer);
      switch (kind) {
        case 'cosign':
          return checkCosign({ payload: bytes, annotations: layer.annotations ?? {}, image }, signers);
        case 'bundle':
          return checkBundle({ bytes, image }, signers);
        case 'notation':
          return await checkNotation({ bytes, mediaType: layer.mediaType, image }, signers, clock.now());
      }
    } catch (error) {
      if (error instanceof InvalidSignature) return error;
      throw error;
    }
  }

  async function readEnvelope(repository: RepositoryName, { digest, size }: Descriptor): Promise<Uint8Array> {
    if (size > envelopeMaxBytes) throw new InvalidSignature('unsupported', `it is larger than ${envelopeMaxBytes} bytes`);
    const blob = await orGone(registry.blobs.find(repository, digest));
    if (blob === undefined || blob.sizeBytes > envelopeMaxBytes) throw new InvalidSignature('malformed', 'its bytes are not in this repository');
    return Buffer.concat(await Array.fromAsync(readBytes(await registry.blobs.open(blob))));
  }
}

function kindOf({ mediaType }: Descriptor, artifactType: string | undefined): SignatureKind | undefined {
  if (mediaType === simpleSigningMediaType) return 'cosign';
  if (bundleType.test(mediaType)) return 'bundle';
  return artifactType === notationType && Object.hasOwn(notationEnvelopes, mediaType) ? 'notation' : undefined;
}

async function orGone<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isRegistryError(error, 'MANIFEST_UNKNOWN') || isRegistryError(error, 'BLOB_UNKNOWN')) return undefined;
    throw error;
  }
}
