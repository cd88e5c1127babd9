/** Images with busybox in them, made here and imported. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Naru } from '../../client-store/support/naru.ts';
import { run } from '../../clients/support/run.ts';
import { contentOf, descriptorOf, jsonContent, makeManifest, mediaTypes } from '../../support/image.ts';

const applets = ['sh', 'cat', 'id', 'sleep', 'httpd', 'touch', 'env', 'kill', 'ls', 'stty', 'ps', 'grep', 'echo', 'mkdir', 'chmod', 'mount', 'unshare'];

/** An image whose first layer is busybox, accounts, and what `prepare` adds. */
export async function importBusybox(
  naru: Naru,
  {
    folder,
    name,
    config,
    prepare = async () => undefined,
    more = [],
  }: {
    folder: string;
    name: string;
    config: object;
    prepare?: (root: string) => Promise<unknown>;
    /** Tars of further layers, bottom first. */
    more?: readonly Uint8Array[];
  },
): Promise<void> {
  const work = join(folder, `image-${name.replaceAll(/\W/g, '-')}`);
  const root = join(work, 'root');
  await rm(work, { recursive: true, force: true });
  for (const path of ['bin', 'etc', 'srv']) await mkdir(join(root, path), { recursive: true });
  await run(['cp', '/bin/busybox', join(root, 'bin/busybox')]);
  for (const applet of applets) await symlink('busybox', join(root, 'bin', applet));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nwww:x:33:34::/srv:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nwww:x:34:\nmore:x:44:www\n');
  await prepare(root);
  await run(['tar', '-C', root, '-cf', join(work, 'layer.tar'), '.']);
  const layers = [await readFile(join(work, 'layer.tar')), ...more].map((tar) => contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar'));
  const image = makeManifest({
    config: jsonContent(mediaTypes.config, {
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
    layers,
  });
  await mkdir(join(work, 'layout/blobs/sha256'), { recursive: true });
  for (const { digest, bytes } of [...image.blobs, image.manifest]) await writeFile(join(work, 'layout/blobs', digest.replace(':', '/')), bytes);
  await writeFile(join(work, 'layout/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(work, 'layout/index.json'), JSON.stringify({ schemaVersion: 2, manifests: [descriptorOf(image.manifest)] }));
  await run(['tar', '-C', join(work, 'layout'), '-cf', join(work, 'image.tar'), '.']);
  await naru.ok(['import', join(work, 'image.tar'), name]);
}
