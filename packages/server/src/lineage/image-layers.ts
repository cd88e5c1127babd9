/**
 * What an image stands on, as its manifest proves it: the list of its layers. An image stands on
 * another when the other's list is the beginning of its own. Layers are named by the digests of their
 * blobs, which the registry has checked itself; the configuration's `diff_ids`, labels and annotations
 * are only what whoever built it says (docs/decisions/0020).
 *
 *     chain(L1)      := L1
 *     chain(L1…Ln)   := sha256(chain(L1…Ln-1) " " Ln)      as image-spec's ChainID, over other digests
 */
import { type Digest, isDigest } from '@naru/oci/digest';
import type { ParsedManifest } from '@naru/oci/manifest';
import { mediaTypes } from '@naru/oci/media-type';
import { hashBytes } from '../runtime/hash-bytes.ts';

export type ImageLayers = {
  /** From the bottom to the top; a layer may be there twice. */
  readonly layers: readonly Digest[];
  /** `org.opencontainers.image.base.digest` and `.name`: what it says itself. */
  readonly base?: ClaimedBase;
};

export type ClaimedBase = { readonly digest?: Digest; readonly name?: string };

/** No image of today has as many; what stands above is not found as a base (I6). */
export const chainMax = 256;
const nameMax = 512;

const imageConfigs: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig, 'application/octet-stream'];

/** Undefined for what no engine would run: an index, an artifact, an attestation in the clothes of an image. */
export function readImageLayers({ kind, config, layers, annotations }: ParsedManifest): ImageLayers | undefined {
  if (kind !== 'image' || config === undefined || !imageConfigs.includes(config.mediaType)) return undefined;
  if (!layers.some(({ mediaType }) => /\.image\.(?:layer|rootfs)\./.test(mediaType))) return undefined;
  const digest = annotations['org.opencontainers.image.base.digest'];
  const name = annotations['org.opencontainers.image.base.name'];
  const base = {
    ...(digest !== undefined && isDigest(digest) && { digest }),
    ...(name !== undefined && name.length > 0 && name.length <= nameMax && !/\p{Cc}/u.test(name) && { name }),
  };
  return { layers: layers.map((layer) => layer.digest), ...(Object.keys(base).length > 0 && { base }) };
}

/** Of one layer, of two, and so on; the last is the whole image's, where it has no more than `chainMax`. */
export function chainsOf(layers: readonly Digest[]): Digest[] {
  const chains: Digest[] = [];
  for (const layer of layers.slice(0, chainMax)) {
    const below = chains.at(-1);
    chains.push(below === undefined ? layer : hashBytes('sha256', new TextEncoder().encode(`${below} ${layer}`)));
  }
  return chains;
}
