import { expect, test } from 'bun:test';
import { readAddress } from './address.ts';

test('every address of the table', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  expect([
    readAddress('/v2'),
    readAddress('/v2/'),
    readAddress('/v2/_catalog'),
    readAddress('/v2/a/b/tags/list'),
    readAddress(`/v2/a/b/manifests/${digest}`),
    readAddress('/v2/a/b/manifests/latest'),
    readAddress(`/v2/a/b/blobs/${digest}`),
    readAddress('/v2/a/b/blobs/uploads/'),
    readAddress('/v2/a/b/blobs/uploads'),
    readAddress('/v2/a/b/blobs/uploads/id'),
    readAddress(`/v2/a/b/referrers/${digest}`),
  ]).toEqual([
    { shape: 'ping', name: '', target: '' },
    { shape: 'ping', name: '', target: '' },
    { shape: 'catalog', name: '', target: '' },
    { shape: 'tags', name: 'a/b', target: '' },
    { shape: 'manifest', name: 'a/b', target: digest },
    { shape: 'manifest', name: 'a/b', target: 'latest' },
    { shape: 'blob', name: 'a/b', target: digest },
    { shape: 'uploads', name: 'a/b', target: '' },
    { shape: 'uploads', name: 'a/b', target: '' },
    { shape: 'upload', name: 'a/b', target: 'id' },
    { shape: 'referrers', name: 'a/b', target: digest },
  ]);
});

test('a repository may be called like a part of an address', () => {
  expect(readAddress('/v2/manifests/manifests/latest')).toEqual({ shape: 'manifest', name: 'manifests', target: 'latest' });
  expect(readAddress('/v2/tags/list/tags/list')).toEqual({ shape: 'tags', name: 'tags/list', target: '' });
  expect(readAddress('/v2/blobs/uploads/blobs/uploads/')).toEqual({ shape: 'uploads', name: 'blobs/uploads', target: '' });
  expect(readAddress('/v2/a/blobs/uploads/manifests/1')).toEqual({ shape: 'manifest', name: 'a/blobs/uploads', target: '1' });
});

test('what is no address of ours', () => {
  for (const path of [
    '/',
    '/v1/',
    '/v2x',
    '/v2/a',
    '/v2/a/b',
    '/v2/tags/list',
    '/v2/manifests/latest',
    '/v2/blobs/uploads/',
    '/v2//',
    '/v2/a/tags/list/',
    '/v2/a/tags',
  ]) {
    expect([path, readAddress(path)]).toEqual([path, undefined]);
  }
});
