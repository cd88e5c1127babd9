/**
 * The route table of /v2: distribution-spec's endpoint ids, what each needs the right to, and who
 * answers. The table is the documentation: `docs/reference/endpoints.md` is made from it.
 */
import type { Action } from '../access/action.ts';
import type { Shape } from './address.ts';
import { deleteBlob, getBlob, headBlob } from './blobs.ts';
import type { Handler, RepositoryHandler } from './call.ts';
import { listCatalog } from './catalog.ts';
import { deleteManifest, getManifest, putManifest } from './manifests.ts';
import { ping } from './ping.ts';
import { listReferrers } from './referrers.ts';
import { listTags } from './tags.ts';
import { cancelUpload, finishUpload, getUploadStatus, patchUpload, startUpload } from './uploads.ts';

/** `name` is the label in metrics and the access log: do not change one. */
type Described = { readonly name: string; readonly spec: string; readonly method: string; readonly shape: Shape; readonly summary: string };
export type RepositoryRoute = Described & { readonly action: Action; readonly handle: RepositoryHandler };
export type Route = RepositoryRoute | (Described & { readonly action: 'none'; readonly handle: Handler });

export const routes: readonly Route[] = [
  { name: 'ping', spec: 'end-1', method: 'GET', shape: 'ping', action: 'none', handle: ping, summary: 'Is this a registry?' },
  { name: 'blob-get', spec: 'end-2', method: 'GET', shape: 'blob', action: 'pull', handle: getBlob, summary: 'Pull a blob, whole or a range of it' },
  { name: 'blob-head', spec: 'end-2', method: 'HEAD', shape: 'blob', action: 'pull', handle: headBlob, summary: 'Does the repository hold the blob?' },
  { name: 'manifest-get', spec: 'end-3', method: 'GET', shape: 'manifest', action: 'pull', handle: getManifest, summary: 'Pull a manifest by tag or digest' },
  { name: 'manifest-head', spec: 'end-3', method: 'HEAD', shape: 'manifest', action: 'pull', handle: getManifest, summary: 'What does the tag point to?' },
  {
    name: 'upload-start',
    spec: 'end-4a, end-4b, end-4c, end-11',
    method: 'POST',
    shape: 'uploads',
    action: 'push',
    handle: startUpload,
    summary: 'Start an upload, upload a whole blob, or mount one',
  },
  {
    name: 'upload-append',
    spec: 'end-5',
    method: 'PATCH',
    shape: 'upload',
    action: 'push',
    handle: patchUpload,
    summary: 'Append a chunk, or a stream, to an upload',
  },
  { name: 'upload-finish', spec: 'end-6', method: 'PUT', shape: 'upload', action: 'push', handle: finishUpload, summary: 'Finish an upload' },
  {
    name: 'manifest-put',
    spec: 'end-7a, end-7b',
    method: 'PUT',
    shape: 'manifest',
    action: 'push',
    handle: putManifest,
    summary: 'Push a manifest, under a tag, a digest, or a digest and several tags',
  },
  { name: 'tag-list', spec: 'end-8a, end-8b', method: 'GET', shape: 'tags', action: 'pull', handle: listTags, summary: 'List the tags of a repository' },
  {
    name: 'manifest-delete',
    spec: 'end-9',
    method: 'DELETE',
    shape: 'manifest',
    action: 'delete',
    handle: deleteManifest,
    summary: 'Delete a tag, or a manifest with its tags',
  },
  { name: 'blob-delete', spec: 'end-10', method: 'DELETE', shape: 'blob', action: 'delete', handle: deleteBlob, summary: 'Delete a blob from a repository' },
  {
    name: 'referrers',
    spec: 'end-12a, end-12b',
    method: 'GET',
    shape: 'referrers',
    action: 'pull',
    handle: listReferrers,
    summary: 'List what refers to a manifest',
  },
  { name: 'upload-status', spec: 'end-13', method: 'GET', shape: 'upload', action: 'push', handle: getUploadStatus, summary: 'How far did an upload get?' },
  { name: 'upload-cancel', spec: 'end-14', method: 'DELETE', shape: 'upload', action: 'push', handle: cancelUpload, summary: 'Cancel an upload' },
  { name: 'catalog', spec: 'docker', method: 'GET', shape: 'catalog', action: 'none', handle: listCatalog, summary: 'List the repositories' },
];
