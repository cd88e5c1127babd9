import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Digest } from './digest.ts';
import { contentReferences, manifestMaxDescriptors, type ParsedManifest, parseManifest } from './manifest.ts';
import { isManifestMediaType, mediaTypes } from './media-type.ts';
import { RegistryError } from './registry-error.ts';

const digestOf = (seed: number) => `sha256:${seed.toString(16).padStart(64, '0')}` as Digest;
const descriptor = (seed: number, mediaType: string = mediaTypes.ociLayerGzip, more: object = {}) => ({
  mediaType,
  digest: digestOf(seed),
  size: seed,
  ...more,
});
const config = descriptor(1, mediaTypes.ociConfig);
const image = (change: object = {}) => ({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [descriptor(2), descriptor(3)], ...change });
const index = (change: object = {}) => ({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [descriptor(4, mediaTypes.ociManifest)], ...change });

function parse(value: unknown, contentType?: string): ParsedManifest {
  return parseManifest(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)), contentType);
}

describe('what is read', () => {
  test('an OCI image', () => {
    const subject = descriptor(9, mediaTypes.ociManifest);
    expect(parse(image({ subject, annotations: { a: 'b' }, 'org.example.custom': [1] }), mediaTypes.ociManifest)).toEqual({
      kind: 'image',
      mediaType: mediaTypes.ociManifest,
      artifactType: mediaTypes.ociConfig,
      config,
      layers: [descriptor(2), descriptor(3)],
      manifests: [],
      subject,
      annotations: { a: 'b' },
    } as unknown as ParsedManifest);
  });

  test('an OCI index', () => {
    const subject = descriptor(9, mediaTypes.ociManifest);
    expect(parse(index({ subject, artifactType: 'application/x' }), mediaTypes.ociIndex)).toEqual({
      kind: 'index',
      mediaType: mediaTypes.ociIndex,
      artifactType: 'application/x',
      layers: [],
      manifests: [descriptor(4, mediaTypes.ociManifest)],
      subject,
      annotations: {},
    } as unknown as ParsedManifest);
  });

  test('a Docker image and a Docker manifest list', () => {
    const dockerImage = image({
      mediaType: mediaTypes.dockerManifest,
      config: descriptor(1, mediaTypes.dockerConfig),
      layers: [descriptor(2, mediaTypes.dockerLayerGzip)],
    });
    expect(parse(dockerImage, mediaTypes.dockerManifest)).toMatchObject({
      kind: 'image',
      mediaType: mediaTypes.dockerManifest,
      artifactType: mediaTypes.dockerConfig,
    });
    const platform = { os: 'linux', architecture: 'amd64' };
    const list = { schemaVersion: 2, mediaType: mediaTypes.dockerManifestList, manifests: [descriptor(4, mediaTypes.dockerManifest, { platform })] };
    expect(parse(list, mediaTypes.dockerManifestList)).toMatchObject({ kind: 'index', mediaType: mediaTypes.dockerManifestList, manifests: [{ platform }] });
  });

  test('an index has no artifact type but its own', () => {
    expect(parse(index())).not.toHaveProperty('artifactType');
    expect(parse(index({ artifactType: '' }))).not.toHaveProperty('artifactType');
  });

  test("an image's artifact type is its config's, unless it names one", () => {
    const empty = descriptor(1, mediaTypes.ociEmpty);
    expect(parse(image({ artifactType: 'application/x', config: empty })).artifactType).toBe('application/x');
    expect(parse(image({ artifactType: '', config: empty })).artifactType).toBe(mediaTypes.ociEmpty);
    expect(parse(image({ artifactType: null, config: empty })).artifactType).toBe(mediaTypes.ociEmpty);
  });

  test.each<[string, object]>([
    ['an artifact without layers', image({ artifactType: 'application/x', config: descriptor(1, mediaTypes.ociEmpty), layers: [] })],
    ['layers that are null, as Go writes none', image({ layers: null })],
    ['an empty index', index({ manifests: [] })],
    ['an index in an index', index({ manifests: [descriptor(5, mediaTypes.ociIndex)] })],
    [
      'media types of layers and configs that nobody knows',
      image({ config: descriptor(1, 'application/vnd.example.config'), layers: [descriptor(2, 'text/x-new; v=1')] }),
    ],
    ['zstd and encrypted layers', image({ layers: [descriptor(2, mediaTypes.ociLayerZstd), descriptor(3, `${mediaTypes.ociLayerGzip}+encrypted`)] })],
    ['children of unknown media types', index({ manifests: [descriptor(4, 'application/vnd.example+json')] })],
    [
      'a child with an artifact type and a platform',
      index({ manifests: [descriptor(4, mediaTypes.ociManifest, { artifactType: 'a/b', platform: { os: 'unknown', architecture: 'unknown' } })] }),
    ],
  ])('%s', (_, value) => {
    expect(() => parse(value)).not.toThrow();
  });

  test('the media type comes from the header, the field, or in the end the lists', () => {
    const { mediaType: _, ...untyped } = image();
    const { mediaType: __, ...untypedIndex } = index();
    expect(parse(image(), `${mediaTypes.ociManifest}; charset=utf-8`).mediaType).toBe(mediaTypes.ociManifest);
    expect(parse(untyped, mediaTypes.dockerManifest).mediaType).toBe(mediaTypes.dockerManifest);
    expect(parse(image({ mediaType: mediaTypes.dockerManifest })).mediaType).toBe(mediaTypes.dockerManifest);
    expect(parse(image({ mediaType: null }), mediaTypes.ociManifest).mediaType).toBe(mediaTypes.ociManifest);
    expect(parse(untyped).mediaType).toBe(mediaTypes.ociManifest);
    expect(parse(untypedIndex, '').mediaType).toBe(mediaTypes.ociIndex);
  });
});

describe('what is refused', () => {
  const { mediaType: _, ...untyped } = image();
  test.each<[string, unknown, string | undefined]>([
    ['the manifest is not JSON', '{', mediaTypes.ociManifest],
    ['a manifest must be a JSON object', [], mediaTypes.ociManifest],
    ['the Content-Type is not a media type', image(), 'nonsense'],
    ['unsupported manifest media type', image({ mediaType: 'application/json' }), undefined],
    ['unsupported manifest media type', untyped, 'application/json'],
    ['unsupported manifest media type', untyped, mediaTypes.ociConfig],
    ['the OCI artifact manifest was withdrawn before image-spec 1.1: push an image manifest with an artifactType', untyped, mediaTypes.ociArtifact],
    ['mediaType is not the Content-Type of the request', image(), mediaTypes.dockerManifest],
    ['mediaType is not the Content-Type of the request', image(), mediaTypes.ociIndex],
    ['mediaType is not the Content-Type of the request', image({ mediaType: mediaTypes.ociManifest.toUpperCase() }), mediaTypes.ociManifest],
    ['mediaType must be a string', image({ mediaType: 1 }), mediaTypes.ociManifest],
    ['the manifest has no mediaType and came without a Content-Type', { schemaVersion: 2 }, undefined],
    ['the manifest is an image and an index at once', { ...untyped, manifests: [] }, undefined],
    ['schemaVersion must be 2', image({ schemaVersion: undefined }), mediaTypes.ociManifest],
    ['schemaVersion must be 2', image({ schemaVersion: '2' }), mediaTypes.ociManifest],
    ['schemaVersion must be 2', image({ schemaVersion: 3 }), mediaTypes.ociManifest],
    ['an image manifest needs a config', image({ config: undefined }), mediaTypes.ociManifest],
    ['an image manifest needs a config', image({ config: null }), mediaTypes.ociManifest],
    ['layers must be an array of descriptors', image({ layers: {} }), mediaTypes.ociManifest],
    ['layers[1] must be a descriptor', image({ layers: [descriptor(2), null] }), mediaTypes.ociManifest],
    ['layers[1].size must be a whole number of bytes', image({ layers: [descriptor(2), descriptor(3, 'a/b', { size: -1 })] }), mediaTypes.ociManifest],
    ['manifests[0].digest must be a sha256 or sha512 digest', index({ manifests: [descriptor(4, 'a/b', { digest: 'x' })] }), mediaTypes.ociIndex],
    ['subject must be a descriptor', image({ subject: digestOf(1) }), mediaTypes.ociManifest],
    ['subject.size must be a whole number of bytes', image({ subject: { mediaType: 'a/b', digest: digestOf(1) } }), mediaTypes.ociManifest],
    ['manifest.annotations must hold strings only', image({ annotations: { a: 1 } }), mediaTypes.ociManifest],
    ['artifactType must be a string of at most 255 characters', image({ artifactType: 1 }), mediaTypes.ociManifest],
    ['artifactType must be a string of at most 255 characters', index({ artifactType: [] }), mediaTypes.ociIndex],
    ['an image manifest must not have manifests', image({ manifests: [] }), mediaTypes.ociManifest],
    ['an image manifest must not have manifests', image({ manifests: null }), mediaTypes.ociManifest],
    ['an image manifest must not have fsLayers', image({ fsLayers: [] }), mediaTypes.ociManifest],
    ['an index must not have layers', index({ layers: [] }), mediaTypes.ociIndex],
    ['an index must not have config', index({ config }), mediaTypes.ociIndex],
    ['manifest has a field "Manifests" that some clients read as "manifests"', image({ Manifests: [] }), mediaTypes.ociManifest],
    ['layers holds too many descriptors', image({ layers: Array.from({ length: manifestMaxDescriptors + 1 }, () => descriptor(2)) }), mediaTypes.ociManifest],
  ])('%s: %j as %s', (message, value, contentType) => {
    expect(() => parse(value, contentType)).toThrow(new RegistryError('MANIFEST_INVALID', { message }));
  });

  const schema1 = {
    schemaVersion: 1,
    name: 'library/hello',
    tag: 'latest',
    architecture: 'amd64',
    fsLayers: [{ blobSum: digestOf(1) }],
    history: [],
    signatures: [],
  };
  test.each<[unknown, string | undefined]>([
    [schema1, undefined],
    [schema1, 'application/json'],
    [schema1, mediaTypes.dockerSchema1],
    [schema1, mediaTypes.dockerSchema1Signed],
    [schema1, mediaTypes.ociManifest],
    [image({ mediaType: mediaTypes.dockerSchema1 }), undefined],
    [image(), mediaTypes.dockerSchema1Signed],
  ])('schema 1, and the message says what to do: %j as %s', (value, contentType) => {
    expect(() => parse(value, contentType)).toThrow(/schema 1 is not supported: .*push it again/);
  });

  test('as many descriptors as the limit are fine', () => {
    expect(parse(index({ manifests: Array.from({ length: manifestMaxDescriptors }, (_, seed) => descriptor(seed)) })).manifests).toHaveLength(
      manifestMaxDescriptors,
    );
  });

  test('whatever the bytes: a manifest of a known media type or MANIFEST_INVALID, and nothing else', () => {
    const field = fc.constantFrom('schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'subject', 'annotations', 'artifactType', 'x');
    const anything = fc.oneof(fc.constantFrom(2, image(), index(), config, [config], [null], ...Object.values(mediaTypes)), fc.jsonValue({ maxDepth: 2 }));
    const base = fc.constantFrom(image(), index());
    const text = fc.oneof(
      fc.tuple(base, fc.dictionary(field, anything, { maxKeys: 3 })).map(([value, change]) => JSON.stringify({ ...value, ...change })),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(text, fc.option(fc.constantFrom(...Object.values(mediaTypes), 'x'), { nil: undefined }), (value, contentType) => {
        try {
          expect(isManifestMediaType(parse(value, contentType).mediaType)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'RegistryError', code: 'MANIFEST_INVALID' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('contentReferences', () => {
  test('of an image: config and layers, each digest once, without the subject', () => {
    const manifest = parse(image({ layers: [descriptor(2), descriptor(3), descriptor(2), descriptor(1)], subject: descriptor(9) }));
    expect(contentReferences(manifest)).toEqual([
      { role: 'config', digest: digestOf(1) },
      { role: 'layer', digest: digestOf(2) },
      { role: 'layer', digest: digestOf(3) },
    ]);
  });

  test('layers that are fetched from elsewhere are optional, by their type alone', () => {
    const urls = ['https://example.com/layer'];
    const layers = [
      descriptor(2, mediaTypes.dockerLayerForeignGzip, { urls }),
      descriptor(3, mediaTypes.ociLayerNonDistributableGzip),
      descriptor(4, mediaTypes.ociLayerGzip, { urls }),
    ];
    expect(contentReferences(parse(image({ layers })))).toEqual([
      { role: 'config', digest: digestOf(1) },
      { role: 'layer', digest: digestOf(4) },
      { role: 'layer', digest: digestOf(2), optional: true },
      { role: 'layer', digest: digestOf(3), optional: true },
    ]);
  });

  test('what is needed in another place is not optional, whichever place comes first', () => {
    const foreign = (seed: number) => descriptor(seed, mediaTypes.ociLayerNonDistributable);
    expect(contentReferences(parse(image({ layers: [foreign(1), foreign(2), descriptor(2), descriptor(3), foreign(3)] })))).toEqual([
      { role: 'config', digest: digestOf(1) },
      { role: 'layer', digest: digestOf(2) },
      { role: 'layer', digest: digestOf(3) },
    ]);
  });

  test('of an index: its children', () => {
    expect(contentReferences(parse(index({ manifests: [descriptor(4), descriptor(5), descriptor(4)] })))).toEqual([
      { role: 'manifest', digest: digestOf(4) },
      { role: 'manifest', digest: digestOf(5) },
    ]);
    expect(contentReferences(parse(index({ manifests: [] })))).toEqual([]);
  });
});
