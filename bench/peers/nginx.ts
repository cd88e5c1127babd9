/**
 * nginx, the limit: files at the addresses a registry would serve them from, and PUT of files. It
 * knows no manifests, checks no digest, asks nobody's rights and syncs nothing; it is here to show
 * what moving the bytes costs at least.
 */
import { mkdir, link, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { firstLineOf } from '../load/programs.ts';
import { manifestType } from '../sample.ts';
import type { Peer, Stock } from './peer.ts';
import { freePort, launch } from './server-process.ts';

export const nginx: Peer = {
  name: 'nginx',
  kind: 'limit',
  setUp:
    'sendfile, open files cached, a worker per core, kept-alive connections without end, access log off; PUT by its WebDAV module, written in pieces of 1 MiB',
  doesNot: ['hash or verify', 'sync to disk', 'authorisation', 'registry rules: manifests, tags, digests, uploads'],
  findVersion: () => firstLineOf('nginx', ['-v'])?.split('/').at(-1),
  fill: { layout: 'nginx', stock: layOutFiles },
  start: async (folder, options) => {
    const port = await freePort();
    const configPath = join(folder, 'nginx.conf');
    await mkdir(join(folder, 'files'), { recursive: true });
    await writeFile(configPath, configuration(folder, port));
    // Not -p: Debian builds absolute paths in, so every one is named in the configuration.
    return await launch({
      ...options,
      command: ['nginx', '-c', configPath, '-e', join(folder, 'error.log')],
      port,
      readyPath: '/ready',
      logPath: join(folder, 'server.log'),
      uploads: 'put',
    });
  },
};

/** Hard links: the very files that the registries were sent. */
async function layOutFiles(folder: string, { repository, blob, image, tag }: Stock): Promise<void> {
  const place = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  const root = join(folder, 'files/v2', repository);
  await place(join(root, 'manifests', tag), image.manifest.bytes);
  await place(join(root, 'manifests', image.manifest.digest), image.manifest.bytes);
  for (const layer of image.layers) await place(join(root, 'blobs', layer.digest), layer.bytes);
  await link(blob.path, join(root, 'blobs', blob.digest));
}

const configuration = (folder: string, port: number): string => `
daemon off;
user ${firstLineOf('id', ['-un']) ?? 'nobody'};
worker_processes auto;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log error;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=1000 inactive=600s;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
    location = /ready { return 200; }
    location ~ /manifests/ { default_type ${manifestType}; }
    location / { dav_methods PUT; create_full_put_path on; }
  }
}
`;
