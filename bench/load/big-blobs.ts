/**
 * Pulls and pushes of files by curl: a C client that reads and writes in the sizes that clients
 * use, and that is the same for every peer. Its CPU is not counted; it does share the machine.
 */
import type { Server } from '../peers/peer.ts';
import type { SampleBlob } from '../sample.ts';
import { runProgram } from './programs.ts';
import { beginUpload, finishUrl, sendPut } from './uploads.ts';

/** Each client is one curl, one connection that is kept, `times` pulls one after the other. */
export async function pullBlobs(url: string, options: { clients: number; times: number; sizeBytes: number }): Promise<number> {
  const pull = Array.from({ length: options.times }, () => ['-o', '/dev/null', url]).flat();
  const flags = ['--silent', '--show-error', '--fail', '--write-out', '%{size_download}\n'];
  const outputs = await Promise.all(Array.from({ length: options.clients }, () => runProgram(['curl', ...flags, ...pull])));
  const bytes = outputs
    .join('')
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
  const expected = options.clients * options.times * options.sizeBytes;
  if (bytes !== expected) throw new Error(`pulled ${bytes} bytes instead of ${expected} from ${url}`);
  return bytes;
}

/** POST, then one PUT with a length: what `monolithic` means in the specification. */
export async function pushBlob(server: Server, repository: string, blob: SampleBlob): Promise<void> {
  const url = server.uploads === 'session' ? finishUrl(await beginUpload(server, repository), blob.digest) : server.blobUrl(repository, blob.digest);
  await uploadFile('PUT', url, blob.path, []);
}

/** POST, one PATCH without a length, an empty PUT: what docker, podman and skopeo do. */
export async function pushBlobStreamed(server: Server, repository: string, blob: SampleBlob): Promise<void> {
  const location = await beginUpload(server, repository);
  const next = await uploadFile('PATCH', location, blob.path, ['-H', 'Transfer-Encoding: chunked']);
  await sendPut(finishUrl(new URL(next, server.url).href, blob.digest));
}

/** Gives the Location of the answer. */
async function uploadFile(method: 'PUT' | 'PATCH', url: string, path: string, extra: readonly string[]): Promise<string> {
  const headers = ['-H', 'Content-Type: application/octet-stream', '-H', 'Expect:', ...extra];
  const said = await runProgram([
    'curl',
    '--silent',
    '--show-error',
    '--fail',
    '-X',
    method,
    '-T',
    path,
    ...headers,
    '-o',
    '/dev/null',
    '--write-out',
    '%header{location}',
    url,
  ]);
  return said.trim();
}
