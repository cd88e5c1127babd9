/** What a test asks the registry itself, beside its client: plain requests, so that no client can be wrong twice. */
import { digestOf } from '../../support/image.ts';

export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export type StoredManifest = {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: { readonly mediaType?: string; readonly config?: Part; readonly layers?: readonly Part[]; readonly manifests?: readonly Part[] };
};
type Part = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
};

/** The digest is that of the bytes that came, not what a header says. */
export async function getManifest(url: string, repository: string, reference: string): Promise<StoredManifest> {
  const response = await fetch(`${url}/v2/${repository}/manifests/${reference}`, { headers: { accept: manifestTypes.join(', ') } });
  if (response.status !== 200) throw new Error(`manifest ${repository}:${reference}: ${response.status} ${await response.text()}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // What a client pushed a moment ago; a test that reads a missing field from it fails by itself.
  const content = JSON.parse(new TextDecoder().decode(bytes)) as StoredManifest['content'];
  return { mediaType: response.headers.get('content-type') ?? '', digest: digestOf(bytes), content };
}

export async function listTags(url: string, repository: string): Promise<unknown> {
  const response = await fetch(`${url}/v2/${repository}/tags/list`);
  return response.json();
}
