import { describe, expect, test } from 'bun:test';
import { isDigest } from '@naru/oci/digest';
import { type LintFacts, largeStepBytes, lintImage } from './lint-image.ts';
import { findSecretName, withoutSecrets } from './secrets.ts';

const digest = `sha256:${'0'.repeat(64)}`;
if (!isDigest(digest)) throw new Error('no digest');
const layer = (sizeBytes: number) => ({ digest, mediaType: 'x', sizeBytes });
const config = { platform: 'linux/amd64', user: 'app', entrypoint: [], command: [], environment: [], ports: [], volumes: [], labels: {} };

function lint(image: Partial<LintFacts['image']>, others: Partial<Omit<LintFacts, 'image'>> = {}) {
  const annotations = { 'org.opencontainers.image.base.name': 'debian:12' };
  return lintImage({ image: { config, layers: [], steps: [], annotations, ...image }, tags: ['v1'], ...others });
}
const rulesOf = (...facts: Parameters<typeof lint>) => lint(...facts).findings.map(({ rule }) => rule);

describe('lint of an image', () => {
  test.each([
    ['', 1],
    ['root', 1],
    ['0', 1],
    ['00:1', 1],
    ['root:root', 1],
    ['app', 0],
    ['1000', 0],
    ['1000:0', 0],
  ] as const)('user %p', (user, count) => {
    expect(rulesOf({ config: { ...config, user } })).toEqual(count === 1 ? ['root-user'] : []);
  });

  test('a configuration that is no image has no user', () => {
    expect(lintImage({ image: { layers: [], steps: [], annotations: {} }, tags: [] }).findings).toEqual([]);
  });

  test.each([
    ['debian', true],
    ['debian:latest', true],
    ['registry.example.org:5000/golden/aspnet-core', true],
    ['registry.example.org:5000/golden/aspnet-core:3.0', false],
    [`debian@${digest}`, false],
  ])('base %p', (name, isFound) => {
    expect(rulesOf({ annotations: { 'org.opencontainers.image.base.name': name } })).toEqual(isFound ? ['base-unpinned'] : []);
  });

  test('a base that only its layers tell', () => {
    const bare = { annotations: {}, layers: [layer(1), layer(1)] };
    expect(rulesOf(bare)).toEqual(['base-unknown']);
    expect(rulesOf(bare, { base: { layers: 1, tags: ['latest'] } })).toEqual(['base-unpinned']);
    expect(rulesOf(bare, { base: { layers: 1, tags: ['3.0', 'latest'] } })).toEqual([]);
    expect(rulesOf({ ...bare, annotations: { 'org.opencontainers.image.base.digest': digest } })).toEqual([]);
  });

  test('no tag but latest', () => {
    expect([rulesOf({}, { tags: ['latest'] }), rulesOf({}, { tags: ['1', 'latest'] }), rulesOf({}, { tags: [] })]).toEqual([['only-latest'], [], []]);
  });

  test('what each instruction costs, as BuildKit and the classic builder write it, without what the base costs', () => {
    const layers = [layer(largeStepBytes), layer(5), layer(largeStepBytes)];
    const steps = [
      { createdBy: '/bin/sh -c #(nop) ADD file:abc in / ', layer: layers[0] },
      { createdBy: '/bin/sh -c #(nop)  CMD ["bash"]' },
      { createdBy: 'COPY package.json ./ # buildkit', layer: layers[1] },
      { createdBy: 'RUN |1 NPM_TOKEN=abc /bin/sh -c npm ci # buildkit', layer: layers[2] },
    ].map(({ layer: own, ...step }) => ({ ...step, ...(own && { layer: own }) }));
    const { steps: listed, findings } = lint({ layers, steps }, { base: { layers: 1, tags: ['12'] } });
    expect(listed.map(({ instruction, sizeBytes, isInherited }) => [instruction, sizeBytes, isInherited])).toEqual([
      ['ADD file:abc in /', largeStepBytes, true],
      ['CMD ["bash"]', 0, false],
      ['COPY package.json ./', 5, false],
      ['RUN npm ci', largeStepBytes, false],
    ]);
    expect(findings).toEqual([
      { rule: 'large-step', level: 'warning', message: 'RUN npm ci adds 100 MiB', step: 3, sizeBytes: largeStepBytes },
      {
        rule: 'secret-in-history',
        level: 'warning',
        message: 'NPM_TOKEN looks like a secret in the history of the build: use RUN --mount=type=secret',
        step: 3,
      },
    ]);
    expect(lint({ layers }).steps.map(({ sizeBytes }) => sizeBytes)).toEqual([largeStepBytes, 5, largeStepBytes]);
  });

  test.each([
    [['COPY . /app # buildkit', 'RUN /bin/sh -c npm ci # buildkit'], 1],
    [['COPY ./ /app # buildkit', 'RUN /bin/sh -c apt-get -y install curl # buildkit'], 1],
    [['/bin/sh -c #(nop) COPY dir:abc in /app ', '/bin/sh -c pip install -r requirements.txt'], 1],
    [['COPY --chown=app . /app # buildkit', 'RUN /bin/sh -c apk --no-cache add git && npm ci # buildkit'], 1],
    [['COPY package.json package-lock.json ./ # buildkit', 'RUN /bin/sh -c npm ci # buildkit', 'COPY . . # buildkit'], 0],
    [['COPY . /app # buildkit', 'RUN /bin/sh -c npm test # buildkit'], 0],
    [['COPY .npmrc /app # buildkit', 'RUN /bin/sh -c npm ci # buildkit'], 0],
  ] as const)('order %p', (texts, count) => {
    const layers = texts.map(() => layer(7));
    const steps = texts.map((createdBy, index) => ({ createdBy, layer: layers[index] ?? layer(7) }));
    const found = lint({ layers, steps }).findings.filter(({ rule }) => rule === 'cache-hostile');
    expect(found.map(({ step, sizeBytes }) => [step, sizeBytes])).toEqual(count === 1 ? [[1, 7]] : []);
  });

  test('very many layers', () => {
    expect([rulesOf({ layers: Array.from({ length: 60 }, () => layer(1)) }), rulesOf({ layers: Array.from({ length: 61 }, () => layer(1)) })]).toEqual([
      [],
      ['many-layers'],
    ]);
  });

  test('secrets in the environment are named and not repeated', () => {
    const environment = [
      'PATH=/bin',
      'DB_PASSWORD=tall grass',
      'DB_PASSWORD_FILE=/run/x',
      'GPG_KEY=0123',
      'CLOUD=AKIAABCDEFGHIJKLMNOP',
      'API_TOKEN=',
      'HOOK=https://u:p@host/',
    ];
    const { findings } = lint({ config: { ...config, environment }, steps: [{ createdBy: 'ENV DB_PASSWORD=tall grass' }] });
    expect(findings.map(({ rule, message }) => [rule, message.split(' ')[0]])).toEqual([
      ['secret-in-environment', 'DB_PASSWORD'],
      ['secret-in-environment', 'CLOUD'],
      ['secret-in-environment', 'HOOK'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('tall');
    expect(findSecretName('TOKEN=$OTHER')).toBeUndefined();
    expect(withoutSecrets('RUN TOKEN=abc X=1 make')).toBe('RUN TOKEN=… X=1 make');
  });
});

describe('what its files say', () => {
  const [first, second] = ['1', '2'].map((end) => `sha256:${'0'.repeat(63)}${end}`).filter(isDigest);
  if (first === undefined || second === undefined) throw new Error('no digests');
  const layers = [first, second].map((one) => ({ digest: one, mediaType: 'x', sizeBytes: 1 }));
  const steps = [
    { createdBy: 'ADD rootfs', layer: layers[0] },
    { createdBy: 'ENV a=b' },
    { createdBy: 'RUN apk add sudo', layer: layers[1] },
  ] as LintFacts['image']['steps'];
  const files = {
    setuid: [first, second].map((layer) => ({ path: 'usr/bin/su', layer })),
    privateKeys: [{ path: 'environment KEY' }, { path: 'root/.ssh/id_rsa', layer: second }],
    packageManagers: [first, second].map((layer) => ({ name: 'apt', path: 'var/lib/dpkg/status', layer })),
  };

  test('each with the layer and the step that brought it', () => {
    const found = lint({ layers, steps }, { files }).findings.map(({ rule, layer, step, path }) => ({ rule, layer, step, path }));
    expect(found).toEqual([
      { rule: 'private-key', layer: undefined, step: undefined, path: 'environment KEY' },
      { rule: 'private-key', layer: second, step: 2, path: 'root/.ssh/id_rsa' },
      { rule: 'setuid-file', layer: first, step: 0, path: 'usr/bin/su' },
      { rule: 'setuid-file', layer: second, step: 2, path: 'usr/bin/su' },
      { rule: 'package-manager', layer: second, step: 2, path: 'var/lib/dpkg/status' },
    ]);
  });

  test('without what its base has', () => {
    const found = lint({ layers, steps }, { files, base: { layers: 1, tags: ['12'] } }).findings.map(({ rule, layer }) => [rule, layer]);
    expect(found).toEqual([
      ['private-key', undefined],
      ['private-key', second],
      ['setuid-file', second],
      ['package-manager', second],
    ]);
  });
});
