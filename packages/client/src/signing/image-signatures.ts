/**
 * Signatures of images in cosign's first scheme, which every version of it reads: payloads as layers of
 * an image in the tag `sha256-<hex>.sig`, each with its signature as an annotation.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import type { Descriptor } from '@naru/oci/descriptor';
import { mediaTypes } from '@naru/oci/media-type';
import { formatSimpleSigning, parseSimpleSigning, simpleSigningMediaType } from '@naru/oci/simple-signing';
import { getVerifiedBlob } from '../remote/blobs.ts';
import { hashBytes } from '../remote/content-hash.ts';
import { readManifest } from '../remote/manifests.ts';
import { isRemoteError } from '../remote/remote-error.ts';
import type { RemoteManifest, Repository } from '../remote/repository.ts';

const signatureAnnotation = 'dev.cosignproject.cosign/signature';
/** Signatures of one image that are looked at, and what one payload may hold (I6). */
const signaturesMax = 100;
const payloadMaxBytes = 1024 * 1024;
/** How often somebody else may sign the same image meanwhile. */
const attemptsMax = 5;

/** `wrong`: by another key. `other-digest`: by the key, but of another image. `malformed`: of nothing that could be read. */
export type CheckedSignature = { readonly manifest: Digest; readonly result: 'valid' | 'wrong' | 'other-digest' | 'malformed' };

/** Adds a signature to those that are there. Returns the digest of what holds them. */
export async function signImage(repository: Repository, image: Digest, reference: string, privateKey: KeyObject): Promise<Digest> {
  const payload = Buffer.from(formatSimpleSigning({ digest: image, reference }));
  const layer = {
    ...(await pushBlob(repository, payload, simpleSigningMediaType)),
    annotations: { [signatureAnnotation]: sign(hashOf(privateKey), payload, privateKey).toString('base64') },
  };
  for (let attempt = 1; ; attempt++) {
    const before = await findSignatures(repository, image);
    const layers = [...(before === undefined ? [] : readManifest(before).layers), layer];
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: await pushConfig(repository, layers), layers };
    const options = before === undefined ? { ifAbsent: true } : { ifMatch: before.digest };
    try {
      const bytes = new Uint8Array(Buffer.from(JSON.stringify(manifest)));
      return (await repository.putManifest(tagOf(image), { bytes, mediaType: mediaTypes.ociManifest }, options)).digest;
    } catch (error) {
      if (!isRemoteError(error, 'precondition') || attempt >= attemptsMax) throw error;
    }
  }
}

export async function verifyImage(repository: Repository, image: Digest, publicKey: KeyObject): Promise<CheckedSignature[]> {
  const holders = [await findSignatures(repository, image)];
  for (const { digest } of (await repository.listReferrers(image)).slice(0, signaturesMax)) holders.push(await repository.getManifest(digest));
  const checked: CheckedSignature[] = [];
  for (const holder of holders.filter((one) => one !== undefined)) {
    const layers = readManifest(holder).layers.filter(({ mediaType }) => mediaType === simpleSigningMediaType);
    for (const layer of layers.slice(0, signaturesMax))
      checked.push({ manifest: holder.digest, result: await checkLayer(repository, layer, image, publicKey) });
  }
  return checked;
}

async function checkLayer(repository: Repository, layer: Descriptor, image: Digest, publicKey: KeyObject): Promise<CheckedSignature['result']> {
  if (layer.size > payloadMaxBytes) return 'malformed';
  const payload = new Uint8Array(await new Response(await getVerifiedBlob(repository, layer)).arrayBuffer());
  const signature = Buffer.from(layer.annotations?.[signatureAnnotation] ?? '', 'base64');
  const signed = parseSimpleSigning(payload);
  if (signed === undefined || signature.length === 0) return 'malformed';
  if (!isSigned(publicKey, payload, signature)) return 'wrong';
  return signed.digest === image ? 'valid' : 'other-digest';
}

function isSigned(publicKey: KeyObject, payload: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(hashOf(publicKey), payload, publicKey, signature);
  } catch {
    return false; // no signature of this kind of key at all
  }
}

/** Ed25519 hashes by itself. */
function hashOf({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

/** Throws what Node says of a text that is no public key. */
export function readPublicKey(pem: string): KeyObject {
  return createPublicKey(pem);
}

async function findSignatures(repository: Repository, image: Digest): Promise<RemoteManifest | undefined> {
  try {
    return await repository.getManifest(tagOf(image));
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return undefined;
    throw error;
  }
}

function tagOf(image: Digest): string {
  return `${image.replace(':', '-')}.sig`;
}

/** As cosign makes it: an image that runs nowhere. */
async function pushConfig(repository: Repository, layers: readonly Descriptor[]): Promise<Pick<Descriptor, 'mediaType' | 'digest' | 'size'>> {
  const config = {
    architecture: '',
    created: '0001-01-01T00:00:00Z',
    history: layers.map(() => ({ created: '0001-01-01T00:00:00Z' })),
    os: '',
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
  return pushBlob(repository, Buffer.from(JSON.stringify(config)), mediaTypes.ociConfig);
}

async function pushBlob(repository: Repository, content: Uint8Array, mediaType: string): Promise<Pick<Descriptor, 'mediaType' | 'digest' | 'size'>> {
  const bytes = new Uint8Array(content);
  const digest = hashBytes('sha256', bytes);
  if ((await repository.headBlob(digest)) === undefined) await repository.finishUpload(await repository.startUpload(), digest, { body: bytes });
  return { mediaType, digest, size: bytes.length };
}
