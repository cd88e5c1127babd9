/**
 * Is a manifest an image that somebody could run, or something that is said of one? What nothing can
 * run is exempt from the gate, so that signatures can be pushed and read while their image waits.
 *
 * A name is not believed: clients unpack what an image's configuration stands on, whatever media type its
 * layers claim, and docker, podman and containerd run images whose configuration has another media type than
 * an image's, too (docker: `application/octet-stream`, `application/json`; podman: any, in Docker's manifests).
 * So an artifact is what has a configuration without layers of a root file system; and what has one with them is
 * exempt only when all its layers are JSON documents, as those of cosign and BuildKit are.
 */
import type { Digest } from '@naru/oci/digest';
import type { ParsedManifest } from '@naru/oci/manifest';
import { mediaTypes } from '@naru/oci/media-type';
import { configMaxBytes, standsOnLayers } from '../registry/image-config.ts';

/** The first bytes of a blob; undefined when the repository does not hold it. */
export type ReadBeginning = (digest: Digest, sizeBytes: number) => Promise<Uint8Array | undefined>;

const imageConfigs: ReadonlySet<string> = new Set([mediaTypes.ociConfig, mediaTypes.dockerConfig]);
/** More layers than this has no signature (I6). */
const documentsMax = 256;
export const tarHeaderBytes = 512;

export async function isRunnable({ mediaType, config, layers }: ParsedManifest, read: ReadBeginning): Promise<boolean> {
  if (config === undefined) return false;
  const isImage = mediaType === mediaTypes.dockerManifest || imageConfigs.has(config.mediaType) || (await hasRootFileSystem(config.digest, read));
  if (!isImage) return false;
  if (layers.length === 0 || layers.length > documentsMax) return true;
  for (const { digest } of layers) {
    const beginning = await read(digest, tarHeaderBytes);
    if (beginning === undefined || !isDocument(beginning)) return true;
  }
  return false;
}

/** What is larger than any artifact's, or not there, is not believed to have none. */
async function hasRootFileSystem(config: Digest, read: ReadBeginning): Promise<boolean> {
  const bytes = await read(config, configMaxBytes + 1);
  if (bytes === undefined || bytes.length > configMaxBytes) return true;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof parsed === 'object' && parsed !== null && standsOnLayers(parsed);
  } catch {
    return false;
  }
}

/** Begins as JSON does, and is no tar: compressions have beginnings of their own, and a tar's first header has a sum over itself. */
function isDocument(beginning: Uint8Array): boolean {
  const first = beginning.find((byte) => byte > 0x20);
  return first === 0x7b && !isTarHeader(beginning);
}

function isTarHeader(bytes: Uint8Array): boolean {
  if (bytes.length < tarHeaderBytes) return false;
  const written = Number.parseInt(new TextDecoder('latin1').decode(bytes.subarray(148, 156)).replaceAll(/[\0 ]/g, ''), 8);
  const sum = bytes.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  // Old programs summed signed bytes.
  const signed = bytes.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte > 127 ? byte - 256 : byte), 0);
  return written === sum || written === signed;
}
