import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import type { ParsedManifest } from '@naru/oci/manifest';
import { mediaTypes } from '@naru/oci/media-type';
import { gzipSync } from 'node:zlib';
import { isRunnable } from './runnable.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const signature = 'application/vnd.dev.cosign.simplesigning.v1+json';

function manifestOf(config: string, layers: readonly string[]): ParsedManifest {
  const describe = (mediaType: string) => ({ mediaType, digest, size: 1 });
  return { kind: 'image', mediaType: mediaTypes.ociManifest, config: describe(config), layers: layers.map(describe), manifests: [], annotations: {} };
}

/** A tar that begins like JSON, whose header is right. */
function disguisedTar(): Uint8Array {
  const header = Buffer.alloc(512, 0x20);
  header.write('{"critical":{}}\0', 0);
  header.write('00000000004 ', 124);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const json = Buffer.from(`{"critical":${JSON.stringify({ image: { 'docker-manifest-digest': digest } })}, "pad": "${' '.repeat(600)}"}`).subarray(0, 512);

test.each([
  ['an image', mediaTypes.ociConfig, [mediaTypes.ociLayerGzip], gzipSync('x'), true],
  ['an image of docker', mediaTypes.dockerConfig, [mediaTypes.dockerLayerGzip], gzipSync('x'), true],
  ['without layers', mediaTypes.ociConfig, [], undefined, true],
  ['a signature by cosign', mediaTypes.ociConfig, [signature], json, false],
  ['a layer that calls itself a signature', mediaTypes.ociConfig, [signature], gzipSync('{"critical":{}}'), true],
  ['a tar that calls itself a signature', mediaTypes.ociConfig, [signature], disguisedTar(), true],
  ['a document that calls itself a layer', mediaTypes.ociConfig, [mediaTypes.ociLayer], json, false],
  ['a layer that nobody can read', mediaTypes.ociConfig, [signature], undefined, true],
  ['an artifact', mediaTypes.ociEmpty, ['application/spdx+json'], Buffer.from('{}'), false],
  ['an artifact whose configuration is no JSON', 'application/vnd.example', ['application/spdx+json'], gzipSync('x'), false],
  ['an artifact whose configuration nobody can read', 'application/vnd.example', ['application/spdx+json'], undefined, true],
] as const)('%s', async (_, config, layers, beginning, runs) => {
  expect(await isRunnable(manifestOf(config, layers), async () => beginning)).toBe(runs);
});

test.each([
  ['with a root file system', 'application/octet-stream', '{"os":"linux","RootFS":{"type":"layers","diff_ids":[]}}', true],
  ['without one', 'application/vnd.cncf.helm.config.v1+json', '{"name":"chart"}', false],
  ['too large to be an artifact', 'application/vnd.example', `{"x":"${'x'.repeat(5e6)}"}`, true],
])('a configuration of another media type: %s', async (_, mediaType, config, runs) => {
  const parsed = manifestOf(mediaType, [mediaTypes.ociLayerGzip]);
  const configDigest = parseDigest(`sha256:${'c'.repeat(64)}`);
  const read = async (asked: string, sizeBytes: number) => (asked === configDigest ? Buffer.from(config).subarray(0, sizeBytes) : gzipSync('x'));
  expect(await isRunnable({ ...parsed, config: { mediaType, digest: configDigest, size: config.length } }, read)).toBe(runs);
  // Podman asks for no media type in Docker's manifests.
  expect(await isRunnable({ ...parsed, mediaType: mediaTypes.dockerManifest }, read)).toBe(true);
});
