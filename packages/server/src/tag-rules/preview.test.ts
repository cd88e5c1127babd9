import { expect, test } from 'bun:test';
import { parseTag } from '@naru/oci/repository-name';
import { previewTagPolicy } from './preview.ts';

const tags = ['1.0.0', '1.1.0', '2.0.0-rc.1', 'edge', 'latest'].map(parseTag);

test('rules say which tags could not be pushed again, which stay where they are, and where aliases go', () => {
  expect(previewTagPolicy({ allowed: ['{semver}'], immutable: ['{release}'], aliases: ['minor', 'latest'] }, tags)).toEqual({
    refused: [parseTag('edge')],
    immutable: ['1.0.0', '1.1.0'].map(parseTag),
    aliases: [
      { alias: parseTag('1.0'), on: parseTag('1.0.0') },
      { alias: parseTag('latest'), on: parseTag('1.1.0') },
      { alias: parseTag('1.1'), on: parseTag('1.1.0') },
    ],
  });
  expect(previewTagPolicy({}, tags)).toEqual({ refused: [], immutable: [], aliases: [] });
});
