/** Archives and the store's folder go through docker, podman and skopeo, in both directions; and Docker prints the same about the same image. */
import { afterAll, describe, expect, test } from 'bun:test';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContainersTools } from '../clients/support/containers-tools.ts';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { createFolder } from '../clients/support/folder.ts';
import { writeImageLayout } from '../clients/support/image-layout.ts';
import { run } from '../clients/support/run.ts';
import { needs } from '../support/needs.ts';
import { naruOn } from './support/naru.ts';

const slow = 60_000;

describe.skipIf(!needs('skopeo', 'busybox'))('skopeo', () => {
  test(
    'reads the folder, and what save and export write; what it writes is loaded',
    async () => {
      await using tools = await createContainersTools('localhost:1');
      const at = (name: string): string => join(tools.folder, name);
      const skopeo = (...args: string[]): Promise<string> => tools.run('skopeo', args);
      const naru = naruOn(at('store'));
      const layout = await writeImageLayout(at('layout'), { layers: 3, reference: 'team/app:1' });

      await skopeo('copy', `oci:${layout.path}:team/app:1`, `docker-archive:${at('docker.tar')}:team/docker:1`);
      await skopeo('copy', `oci:${layout.path}:team/app:1`, `oci-archive:${at('oci.tar')}:team/oci:1`);
      expect(await naru.ok(['load', '-i', at('docker.tar')])).toBe('Loaded image: team/docker:1\n');
      expect(await naru.ok(['import', at('oci.tar')])).toBe('Loaded image: team/oci:1\n');

      // One image by two ways: the same config, and the bytes that were given where there were any.
      expect(new Set((await naru.ok(['images', '-q', '--no-trunc'])).trim().split('\n')).size).toBe(1);
      await skopeo('copy', `oci:${at('store')}:team/oci:1`, `dir:${at('from-store')}`);
      expect(await skopeo('inspect', '--format', '{{.Digest}}', `oci:${at('store')}:team/oci:1`)).toBe(`${layout.digest}\n`);

      await naru.ok(['save', '-o', at('saved.tar'), 'team/oci']);
      await naru.ok(['export', '-o', at('exported.tar'), 'team/oci:1']);
      await skopeo('copy', `docker-archive:${at('saved.tar')}:team/oci:1`, `dir:${at('from-saved')}`);
      expect(await skopeo('inspect', '--format', '{{.Digest}}', `oci-archive:${at('saved.tar')}`)).toBe(`${layout.digest}\n`);
      expect(await skopeo('inspect', '--format', '{{.Digest}}', `oci-archive:${at('exported.tar')}:team/oci:1`)).toBe(`${layout.digest}\n`);
    },
    slow,
  );

  test(
    'an index of two platforms stays whole',
    async () => {
      await using tools = await createContainersTools('localhost:1');
      const at = (name: string): string => join(tools.folder, name);
      const skopeo = (...args: string[]): Promise<string> => tools.run('skopeo', args);
      const naru = naruOn(at('store'));
      const layout = await writeImageLayout(at('layout'), { architectures: ['amd64', 'arm64'], reference: 'multi:1', compression: 'zstd' });
      await run(['tar', '-C', layout.path, '-cf', at('layout.tar'), '.']);
      await naru.ok(['load', '-i', at('layout.tar')]);
      await naru.ok(['tag', 'multi:1', 'copy:1']);
      await naru.ok(['rmi', 'multi:1']);
      await skopeo('copy', '--all', `oci:${at('store')}:copy:1`, `dir:${at('from-store')}`);
      await naru.ok(['export', '-o', at('exported.tar'), 'copy:1']);
      await skopeo('copy', '--all', `oci-archive:${at('exported.tar')}:copy:1`, `oci:${at('again')}:x`);
      const index = JSON.parse(await readFile(at('again/index.json'), 'utf8')) as { manifests: { digest: string }[] };
      expect(index.manifests.map(({ digest }) => digest)).toEqual([layout.digest]);
    },
    slow,
  );
});

describe.skipIf(!needs('podman', 'busybox', 'runc'))('podman', () => {
  test(
    'loads what save writes, and the other way round',
    async () => {
      await using tools = await createContainersTools('localhost:1');
      const at = (name: string): string => join(tools.folder, name);
      const podman = (...args: string[]): Promise<string> => tools.run('podman', args);
      const naru = naruOn(at('store'));
      for (const name of ['one', 'two']) {
        const layout = await writeImageLayout(at(name), { reference: `localhost/${name}:1` });
        await run(['tar', '-C', layout.path, '-czf', at(`${name}.tgz`), '.']);
        await naru.ok(['load', '-i', at(`${name}.tgz`)]);
      }
      await naru.ok(['save', '-o', at('saved.tar'), 'localhost/one', 'localhost/two']);
      await podman('load', '--quiet', '--input', at('saved.tar'));
      const id = await naru.ok(['images', '-q', '--no-trunc', 'localhost/one']);
      expect(`sha256:${await podman('image', 'inspect', '--format', '{{.Id}}', 'localhost/one:1')}`).toBe(id);
      expect(await podman('run', '--rm', '--network', 'none', 'localhost/two:1')).toBe('hi\n');

      for (const format of ['docker-archive', 'oci-archive']) {
        await podman('save', '--quiet', '--format', format, '--output', at(`${format}.tar`), 'localhost/one:1');
        await naru.ok(['rmi', '-f', 'localhost/one:1']);
        await naru.ok(['load', '-i', at(`${format}.tar`)]);
        expect(await naru.ok(['images', '-q', '--no-trunc', 'localhost/one'])).toBe(id);
      }
      await podman('save', '--quiet', '--multi-image-archive', '--output', at('both.tar'), 'localhost/one:1', 'localhost/two:1');
      await naru.ok(['rmi', 'localhost/one:1', 'localhost/two:1']);
      expect((await naru.ok(['load', '-i', at('both.tar')])).trim().split('\n').toSorted()).toEqual([
        'Loaded image: localhost/one:1',
        'Loaded image: localhost/two:1',
      ]);
    },
    slow,
  );
});

const engine = needs('docker', 'dockerd', 'busybox') ? await startDockerEngine('client-store/other-tools.test.ts') : undefined;
if (engine === undefined) test.skip('docker', () => {});
else describe('docker', () => withDocker(engine));

function withDocker(engine: DockerEngine): void {
  afterAll(() => engine[Symbol.asyncDispose]());
  const { docker } = engine;
  const at = (name: string): string => join(engine.folder, name);

  test(
    'loads what save writes, and the other way round; and prints the same about it',
    async () => {
      await using folder = await createFolder();
      const naru = naruOn(join(folder.path, 'store'));
      await mkdir(at('context'), { recursive: true });
      await copyFile('/bin/busybox', at('context/busybox'));
      await writeFile(
        at('context/Dockerfile'),
        'FROM scratch\nCOPY busybox /bin/busybox\nENV A="b c"\nLABEL k=v maintainer="me & <you>"\nEXPOSE 80\nCOPY Dockerfile /d\nCMD ["/bin/busybox", "echo", "hi"]\n',
      );
      await docker(['build', '-t', 'app:1', at('context')]);
      for (const name of ['b/app', 'localhost:5000/team/app:2']) await docker(['tag', 'app:1', name]);
      const names = ['app:1', 'b/app', 'localhost:5000/team/app:2'];

      await docker(['save', '-o', at('docker.tar'), ...names]);
      await naru.ok(['load', '-i', at('docker.tar')]);
      await docker(['rmi', '-f', ...names]);
      await naru.ok(['save', '-o', at('naru.tar'), ...names]);
      expect((await docker(['load', '-i', at('naru.tar')])).trim().split('\n').toSorted()).toEqual([
        'Loaded image: app:1',
        'Loaded image: b/app:latest',
        'Loaded image: localhost:5000/team/app:2',
      ]);
      expect(await docker(['run', '--rm', '--network', 'none', 'app:1'])).toBe('hi\n');

      const env = { TZ: 'UTC' };
      // Docker lists the repositories of an image in no order.
      const lines = (text: string) =>
        text
          .split('\n')
          .map((line) => line.replace(/(Less than a|About an?|\d+) \w+( ago)?/, 'AGE').replace(/ +/g, ' '))
          .toSorted();
      for (const args of [
        ['images'],
        ['images', '--no-trunc', '--digests'],
        ['images', '-q'],
        ['images', '--format', '{{.Repository}}|{{.Tag}}|{{.ID}}|{{.Digest}}|{{.CreatedAt}}|{{.Size}}|{{.VirtualSize}}|{{.Containers}}|{{.SharedSize}}'],
        ['images', '--format', 'table {{.ID}}\\t{{upper .Repository}}\\t{{.Size}}'],
        ['images', '--format', 'raw', '*/app'],
        ['image', 'ls', '--filter', 'reference=app', '--filter', 'reference=*/app'],
        ['images', '--filter', 'label=k', '--format', '{{len .Tag}} {{join (split .ID "") "-"}} {{printf "%q %-10s|" .Tag .Size}}{{json .Repository}}'],
      ]) {
        expect([args, lines(await naru.ok(args))]).toEqual([args, lines(await docker(args, { env }))]);
      }
      for (const args of [
        ['history', '-H=false', 'app:1'],
        ['history', '--no-trunc', '-H=false', 'app:1'],
        ['history', '-q', 'b/app'],
        ['history', '--format', '{{.ID}} {{.CreatedAt}} {{.CreatedBy}} {{.Size}} {{.Comment}}', 'app:1'],
        [
          'image',
          'inspect',
          '-f',
          '{{.Id}} {{.Config.Env}} {{.Config.Labels}} {{.Config.ExposedPorts}} {{json .Config.Cmd}} {{.Size}} {{.Created}} {{.Os}}/{{.Architecture}} {{range .RootFS.Layers}}{{.}} {{end}}',
          'app:1',
        ],
        ['inspect', '-f', '{{json .Config.Labels}} {{len .Config.Env}}', 'app:1'],
      ]) {
        expect([args, await naru.ok(args)]).toEqual([args, await docker(args, { env })]);
      }
      for (const args of [
        ['images', '--format', '{{.Nope}}'],
        ['images', '--filter', 'dangling=x'],
        ['history', 'nope'],
        ['tag', 'nope', 'x'],
        ['rmi', 'nope'],
        ['rmi', '-f', 'nope'],
        ['inspect', 'nope'],
        ['image', 'inspect', 'nope'],
        ['save', 'nope', '-o', at('nope.tar')],
      ]) {
        const [ours, theirs] = [await naru.run(args), await engine.tryDocker(args, { env })];
        expect([args, ours.exitCode, ours.stdout, ours.stderr.toLowerCase()]).toEqual([args, theirs.exitCode, theirs.stdout, theirs.stderr.toLowerCase()]);
      }
      for (const args of [
        ['rmi', 'b/app'],
        ['rmi', 'app:1'],
        ['rmi', 'localhost:5000/team/app:2'],
      ]) {
        expect([args, await naru.ok(args)]).toEqual([args, await docker(args, { env })]);
      }
    },
    slow * 2,
  );
}
