/** Archives of images, good ones and bad ones, made in memory entry by entry. */
import { digestOf, makeBytes } from '../../support/image.ts';

export type Entry = {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** `0` is a file; see tar(5). */
  readonly type?: string;
  readonly mode?: number;
  readonly target?: string;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
  /** What the header says, when it lies. */
  readonly size?: number;
};

const blockBytes = 512;

export function tarOf(entries: readonly Entry[], { end = true } = {}): Buffer {
  return Buffer.concat([
    ...entries.flatMap(({ content = '', ...entry }) => entryOf(entry, Buffer.from(content))),
    ...(end ? [Buffer.alloc(2 * blockBytes)] : []),
  ]);
}

function entryOf({ name, type = '0', mode = 0o644, target = '', size, device }: Omit<Entry, 'content'>, content: Buffer): Buffer[] {
  const block = Buffer.alloc(blockBytes);
  const put = (text: string, at: number) => block.write(text, at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size ?? content.length, 11), 124);
  put(octal(0, 11), 136);
  put('        ', 148);
  put(type, 156);
  put(target, 157);
  put('ustar\x0000', 257);
  if (device !== undefined) {
    put(octal(device[0], 7), 329);
    put(octal(device[1], 7), 337);
  }
  put(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return [block, content, Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes)];
}

export type DockerImage = {
  readonly id: string;
  readonly tags: readonly string[];
  /** Bottom first. */
  readonly layers: readonly Buffer[];
  readonly config: Buffer;
};

export type DockerImageOptions = {
  readonly seed: string;
  readonly tags?: readonly string[];
  readonly layers?: number;
  readonly bytes?: number;
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Layers are made from this seed instead, so that images share them. */
  readonly layerSeed?: string;
  /** On top of the others. */
  readonly moreLayers?: readonly (readonly Entry[])[];
  readonly command?: readonly string[];
};

export function dockerImage({
  seed,
  tags = [],
  layers: count = 2,
  bytes = 2000,
  created = '2026-11-20T12:00:00Z',
  labels,
  layerSeed = seed,
  moreLayers = [],
  command = ['/file-0'],
}: DockerImageOptions): DockerImage {
  const layers = [
    ...Array.from({ length: count }, (_, index) => tarOf([{ name: `file-${index}`, content: makeBytes(`${layerSeed}/${index}`, bytes) }])),
    ...moreLayers.map((entries) => tarOf(entries)),
  ];
  const config = Buffer.from(
    JSON.stringify({
      created,
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin', `SEED=${seed}`], Cmd: command, ...(labels && { Labels: labels }) },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) },
      history: [
        ...layers.map((_, index) => ({ created, created_by: `/bin/sh -c #(nop) COPY file:${String(index).repeat(50)} in /` })),
        { created, created_by: `/bin/sh -c #(nop)  CMD ${JSON.stringify(command)}`, empty_layer: true },
      ],
    }),
  );
  return { id: digestOf(config), tags, layers, config };
}

/** As `docker save` writes it. */
export function dockerArchive(images: readonly DockerImage[]): Buffer {
  return tarOf(dockerEntries(images));
}

export function dockerEntries(images: readonly DockerImage[]): Entry[] {
  const files = new Map<string, Uint8Array>();
  const list = images.map(({ id, tags, layers, config }) => {
    const configName = `${id.slice(7)}.json`;
    files.set(configName, config);
    const names = layers.map((layer) => {
      const name = `${digestOf(layer).slice(7)}/layer.tar`;
      files.set(name, layer);
      return name;
    });
    return { Config: configName, RepoTags: tags, Layers: names };
  });
  return [...[...files].map(([name, content]) => ({ name, content })), { name: 'manifest.json', content: JSON.stringify(list) }];
}
