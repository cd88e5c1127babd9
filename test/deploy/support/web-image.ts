/** Images of a small web server, made here: busybox and a page that says which version it is. */
import { mkdtemp, readFile, rm, writeFile, mkdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../clients/support/run.ts';
import { contentOf, type Image, jsonContent, makeManifest, mediaTypes } from '../../support/image.ts';

/** `broken`: it starts, and answers 404 everywhere. `dies`: it ends at once. */
export async function makeWebImage(version: string, { broken = false, dies = false } = {}): Promise<Image> {
  const work = await mkdtemp(join(tmpdir(), 'naru-web-'));
  try {
    const root = join(work, 'root');
    await mkdir(join(root, 'bin'), { recursive: true });
    await mkdir(join(root, 'srv'));
    await run(['cp', '/bin/busybox', join(root, 'bin/busybox')]);
    for (const applet of ['sh', 'httpd', 'test', 'cat']) await symlink('busybox', join(root, 'bin', applet));
    if (!broken) await writeFile(join(root, 'srv/index.html'), `${version}\n`);
    await run(['tar', '-C', root, '-cf', join(work, 'layer.tar'), '.']);
    const layer = contentOf(new Uint8Array(await readFile(join(work, 'layer.tar'))), 'application/vnd.oci.image.layer.v1.tar');
    const config = { Cmd: dies ? ['/bin/sh', '-c', 'exit 3'] : ['/bin/httpd', '-f', '-p', '80', '-h', '/srv'], Env: [`VERSION=${version}`] };
    return makeManifest({
      config: jsonContent(mediaTypes.config, { architecture: 'amd64', os: 'linux', config, rootfs: { type: 'layers', diff_ids: [layer.digest] } }),
      layers: [layer],
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
