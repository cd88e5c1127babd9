/**
 * Media types of manifests, configs and layers (image-spec "media-types", Docker's image manifest
 * version 2), and the grammar of a media type in a header (RFC 9110 8.3.1, RFC 6838 4.2).
 *
 *     media-type      := restricted-name "/" restricted-name *( OWS ";" parameters )
 *     restricted-name := [A-Za-z0-9] [A-Za-z0-9!#$&^_.+-]{0,126}
 */
import { RegistryError } from './registry-error.ts';

export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociLayerNonDistributable: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  ociLayerNonDistributableGzip: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ociLayerNonDistributableZstd: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  /** Was in release candidates of image-spec 1.1 and is in no release. */
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',

  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerPluginConfig: 'application/vnd.docker.plugin.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  dockerLayerForeign: 'application/vnd.docker.image.rootfs.foreign.diff.tar',
  dockerLayerForeignGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',

  inTotoStatement: 'application/vnd.in-toto+json',
  helmConfig: 'application/vnd.cncf.helm.config.v1+json',
  helmChart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  helmProvenance: 'application/vnd.cncf.helm.chart.provenance.v1.prov',
} as const;

/** What a client that takes everything asks for, the preferred ones first. */
export const manifestMediaTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerManifestList, mediaTypes.ociManifest, mediaTypes.dockerManifest];

/** RFC 6838 4.2 allows 127 characters on each side. */
export const mediaTypeMaxLength = 255;

const restrictedName = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const mediaTypePattern = new RegExp(`^${restrictedName}/${restrictedName}$`);

/** Takes the parameters off and answers in lower case. Throws MANIFEST_INVALID: manifests are what carries one to a registry. */
export function parseMediaType(header: string): string {
  const semicolon = header.indexOf(';');
  const text = (semicolon < 0 ? header : header.slice(0, semicolon)).trim();
  if (!isMediaType(text))
    throw new RegistryError('MANIFEST_INVALID', { message: 'the Content-Type is not a media type', detail: { contentType: header.slice(0, 256) } });
  return text.toLowerCase();
}

/** Type and subtype, without parameters. */
export function isMediaType(text: string): boolean {
  return mediaTypePattern.test(text);
}

/** An image manifest or an index, in a form that can be pushed and pulled. */
export function isManifestMediaType(mediaType: string): boolean {
  return isImageManifestMediaType(mediaType) || isIndexMediaType(mediaType);
}

export function isImageManifestMediaType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.dockerManifest;
}

export function isIndexMediaType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerManifestList;
}

export function isSchema1(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

/**
 * Layers that are fetched from elsewhere (`urls`) and need not be in the registry. The type alone
 * decides: `urls` on any other type is only a second source. By prefix, because compressions and
 * `+encrypted` are appended.
 */
export function isNonDistributable({ mediaType }: { readonly mediaType: string }): boolean {
  return mediaType.startsWith(mediaTypes.ociLayerNonDistributable) || mediaType.startsWith(mediaTypes.dockerLayerForeign);
}
