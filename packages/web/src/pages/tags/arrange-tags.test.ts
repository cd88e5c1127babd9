import { expect, test } from 'bun:test';
import { arrangeTags, type TagRow } from './arrange-tags.ts';
import type { TagEntry } from './use-tags.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const entry = (tag: string, letter: string, movedAt = 0, platforms = ['linux/amd64']): TagEntry => ({
  tag,
  digest: digestOf(letter),
  movedAt,
  movedBy: 'kim',
  pulls: 0,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  sizeBytes: 1,
  platforms,
});
const entries = [
  entry('1.2.0', 'a', 3),
  entry('1.2.10', 'b', 2, ['linux/arm64']),
  entry('latest', 'b', 1),
  entry('1.10.0', 'c', 4),
  entry('1.2.9-alpine', 'd', 5),
  entry('1.2.0-rc.1', 'e', 6),
];
const all = { order: 'version', filter: '', platform: '' } as const;
const short = (row: TagRow) =>
  row.kind === 'group'
    ? `# ${row.line ?? 'names'} (${row.size})`
    : [
        row.entry.tag,
        ...row.same.filter((tag) => tag !== row.key).map((tag) => `= ${tag}`),
        ...(row.step ? [`${row.step.kind} from ${row.step.from}`] : []),
      ].join(' ');

test('by version, in groups, with what is the same image and how large each step is', () => {
  expect(arrangeTags(entries, all).map(short)).toEqual([
    '# names (1)',
    'latest = 1.2.10',
    '# 1.10 (1)',
    '1.10.0 minor from 1.2.10',
    '# 1.2 (4)',
    '1.2.10 = latest patch from 1.2.0',
    '1.2.9-alpine',
    '1.2.0',
    '1.2.0-rc.1 prerelease from ',
  ]);
});

test('by time', () => {
  expect(arrangeTags(entries, { ...all, order: 'time' }).map(({ key }) => key)).toEqual(['1.2.0-rc.1', '1.2.9-alpine', '1.10.0', '1.2.0', '1.2.10', 'latest']);
});

test('a filter looks at tags and digests, and hides no step or shared image', () => {
  expect(arrangeTags(entries, { ...all, filter: '2.10' }).map(short)).toEqual(['# 1.2 (1)', '1.2.10 = latest patch from 1.2.0']);
  expect(arrangeTags(entries, { ...all, filter: 'sha256:ccc' }).map(({ key }) => key)).toEqual(['/1.10', '1.10.0']);
  expect(arrangeTags(entries, { ...all, platform: 'linux/arm64' }).map(({ key }) => key)).toEqual(['/1.2', '1.2.10']);
  expect(arrangeTags(entries, { ...all, filter: '(.*' })).toEqual([]);
});
