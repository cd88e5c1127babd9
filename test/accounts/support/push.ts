import { makeImage } from '../../support/image.ts';
import type { Person } from './accounts.ts';

/** Pushes a small image as the person. Gives the status of what failed, or of the manifest. */
export async function pushImage(
  person: Person,
  repository: string,
  tag: string,
  seed = `${repository}:${tag}`,
): Promise<{ status: number; digest: string; layer: string }> {
  const image = makeImage({ seed, layers: 1 });
  const scopes = [`repository:${repository}:pull,push`];
  const layer = image.layers[0]?.digest ?? '';
  for (const blob of image.blobs) {
    const response = await person.v2('POST', `${repository}/blobs/uploads/?digest=${blob.digest}`, scopes, {
      body: blob.bytes,
      type: 'application/octet-stream',
    });
    if (response.status !== 201) return { status: response.status, digest: image.manifest.digest, layer };
  }
  const response = await person.v2('PUT', `${repository}/manifests/${tag}`, scopes, { body: image.manifest.bytes, type: image.manifest.mediaType });
  return { status: response.status, digest: image.manifest.digest, layer };
}

export async function pullStatus(person: Person, repository: string, reference: string): Promise<number> {
  return (await person.v2('GET', `${repository}/manifests/${reference}`, [`repository:${repository}:pull`])).status;
}
