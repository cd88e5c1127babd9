import { parseDigest } from '@naru/oci/digest';
import { formatEtag } from '@naru/oci/etag';
import { RegistryError } from '@naru/oci/registry-error';
import { parseTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import type { Action } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import { type Headers, reply } from '../http/reply.ts';
import { readBody } from '../http/request.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { ManifestReference } from '../registry/manifests.ts';
import type { RepositoryHandler } from './call.ts';
import { matchesEtag, readPrecondition } from './conditions.ts';
import type { TagNotice } from '../tag-rules/policy.ts';
import { refusalFor } from './refusal.ts';

/** end-3, GET and HEAD. Whatever the client accepts, it gets what was pushed: a converted manifest would have another digest. */
export const getManifest: RepositoryHandler = async ({ request, registry, gate, repository, target, caller, onManifest }) => {
  const reference = readReference(target);
  const current = await registry.manifests.get(repository, reference);
  // A tag on what nobody has approved yet shows others what was approved before.
  const digest = await gate.findShown(caller, repository, current.digest, reference.kind === 'tag' && current.isFormer !== true ? reference.tag : undefined);
  const { mediaType, bytes, isFormer } = digest === current.digest ? current : await registry.manifests.get(repository, { kind: 'digest', digest });
  const tag = reference.kind === 'tag' && isFormer !== true ? reference.tag : undefined;
  // Asking what a tag points to brings no bytes: whoever signs an image asks before it is signed, and docker takes a refused HEAD for a passing fault.
  if (request.method !== 'HEAD') await (reference.kind === 'tag' ? gate.requireImage : gate.requireManifest)(caller, repository, digest);
  onManifest?.({ caller, method: request.method, repository, digest, mediaType, ...(tag !== undefined && { tag }) });
  const headers: Headers = {
    'content-type': mediaType,
    'docker-content-digest': digest,
    etag: formatEtag(digest),
    'cache-control': reference.kind === 'digest' ? 'max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
    ...(tag !== undefined && warningOf(await registry.tags.findNotice(repository, tag), tag)),
  };
  return matchesEtag(request.header('if-none-match'), digest) ? reply(304, headers) : reply(200, headers, bytes);
};

/** end-7a, end-7b */
export const putManifest: RepositoryHandler = async ({ request, registry, repository, target, caller, limits }) => {
  const reference = readReference(target);
  const tags = request.query.getAll('tag').map(parseTag);
  if (tags.length > tagParametersMax)
    throw new RegistryError('TAG_INVALID', { message: `at most ${tagParametersMax} tags in one request`, detail: { tags: tags.length } });
  for (const tag of reference.kind === 'tag' ? [reference.tag, ...tags] : tags) await requireTagRight(caller, 'tag:move', repository, tag);
  const precondition = readPrecondition(request);
  const bytes = await readBody(request, limits.manifestMaxBytes);
  if (!bytes) throw new RegistryError('MANIFEST_TOO_LARGE', { detail: { manifestMaxBytes: limits.manifestMaxBytes } });
  const put = await registry.manifests.put({
    repository,
    reference,
    tags,
    bytes,
    contentType: request.header('content-type'),
    precondition,
    ...actorOf(caller),
  });
  return reply(201, {
    location: `/v2/${repository}/manifests/${put.digest}`,
    'docker-content-digest': put.digest,
    etag: formatEtag(put.digest),
    ...(put.subject && { 'oci-subject': put.subject }),
    ...(tags.length > 0 && { 'oci-tag': put.tags.join(', ') }),
  });
};

/** end-9 */
export const deleteManifest: RepositoryHandler = async ({ registry, repository, target, caller }) => {
  const reference = readReference(target);
  if (reference.kind === 'tag') await requireTagRight(caller, 'delete', repository, reference.tag);
  else if (!(await caller.may('delete', repository))) throw refusalFor(caller, 'delete', repository);
  await registry.manifests.remove(repository, reference, actorOf(caller));
  return reply(202);
};

/** distribution-spec "Warnings": clients show the text to people. A header is bytes, and these are UTF-8. */
function warningOf(notice: TagNotice | undefined, tag: Tag): { warning?: string } {
  if (notice === undefined) return {};
  const text = `${tag} ${notice.kind === 'deprecated' ? 'is deprecated' : 'has reached its end of life'}: ${notice.message}`;
  return { warning: `299 - "${Buffer.from(text.replaceAll(/["\\]/g, '\\$&')).toString('latin1')}"` };
}

/** end-7b: the specification asks for ten at least. */
const tagParametersMax = 100;

/** A right may hold for some tags only, so the route's own question was not the whole one. Throws ACCESS_DENIED, DENIED. */
async function requireTagRight(caller: Caller, action: Action, repository: RepositoryName, tag: Tag): Promise<void> {
  if (!(await caller.may(action, repository, tag))) throw refusalFor(caller, action, repository);
}

/** A tag has no colon and a digest has one. Throws DIGEST_INVALID, TAG_INVALID. */
function readReference(target: string): ManifestReference {
  return target.includes(':') ? { kind: 'digest', digest: parseDigest(target) } : { kind: 'tag', tag: parseTag(target) };
}
