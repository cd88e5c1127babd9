/** For which platform an image is: its config says. */
import { parseManifestJson } from '@naru/oci/manifest-json';
import type { Platform } from '@naru/oci/platform';
import { getVerifiedBlob } from './blobs.ts';
import { readBounded } from './body.ts';
import { remoteLimits } from './limits.ts';
import { readManifest } from './manifests.ts';
import type { RemoteManifest, Repository, WithSignal } from './repository.ts';

export type ImageConfig = Readonly<Record<string, unknown>>;

/** Throws RemoteError. */
export async function getImageConfig(repository: Repository, manifest: RemoteManifest, options: WithSignal = {}): Promise<ImageConfig> {
  const { config } = readManifest(manifest);
  if (config === undefined) return {};
  return parseManifestJson(await readBounded(await getVerifiedBlob(repository, config, options), remoteLimits.manifestBytes, 'the image config'));
}

/** Undefined when it says none, as artifacts do. */
export function platformOf({ os, architecture, variant, 'os.version': version }: ImageConfig): Platform | undefined {
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return {
    os,
    architecture,
    ...(typeof variant === 'string' && variant !== '' && { variant }),
    ...(typeof version === 'string' && version !== '' && { 'os.version': version }),
  };
}
