import { expect, test } from 'bun:test';
import { packagesText } from './packages-text.ts';

const layer = `sha256:${'a'.repeat(64)}`;
const one = { type: 'deb', namespace: 'debian', name: 'libssl3', version: '3.0.11-1', layer, createdBy: 'RUN apt-get install \u001B]0;evil\u0007libssl3' };
const two = { type: 'npm', namespace: '@scope', name: 'a', version: '1.0.0', layer };
const answer = { digest: 'sha256:1', state: 'done', problems: [], attached: [], count: 2, items: [one, two] };
const text = (changes: object): string => packagesText(JSON.stringify({ ...answer, ...changes }));

test('a table, and the system; nothing of the image steers the terminal', () => {
  expect(text({ distribution: { id: 'debian', version: '12', name: '' } })).toBe(
    [
      'TYPE   PACKAGE    VERSION    LAYER                 BROUGHT BY',
      'deb    libssl3    3.0.11-1   sha256:aaaaaaaaaaaa   RUN apt-get install  ]0;evil libssl3',
      'npm    @scope/a   1.0.0      sha256:aaaaaaaaaaaa',
      'sha256:1: 2 packages in debian 12',
      '',
    ].join('\n'),
  );
});

test('what is unknown is said to be unknown, whatever the state', () => {
  expect(text({ state: 'waiting', count: 0, items: [] })).toBe('sha256:1 is not read yet: ask again in a moment\n');
  for (const state of ['failed', 'unsupported']) {
    expect(text({ state, count: 0, items: [], problems: ['it is\u001B[2J encrypted'] })).toBe(
      'unknown: it is [2J encrypted\nsha256:1: nobody knows what is in it\n',
    );
  }
});

test('the next page can be pasted into a shell', () => {
  expect(text({ next: "7 it's/here" })).toContain(String.raw`--after '7 it'\''s/here'`);
});

test('what an attached SBOM says is said to be its word, and what of it is not understood', () => {
  const sbom = `sha256:${'b'.repeat(64)}`;
  const { layer: _, ...named } = two;
  const attached = [{ digest: sbom, problem: 'it is not JSON', unknown: 3 }];
  expect(text({ state: 'unsupported', items: [{ ...named, sbom }], attached, problems: ['no tar'] })).toBe(
    [
      'TYPE   PACKAGE    VERSION   LAYER   BROUGHT BY',
      'npm    @scope/a   1.0.0             said by the attached SBOM sha256:bbbbbbbbbbbb',
      'unknown: no tar',
      'the attached SBOM sha256:bbbbbbbbbbbb is not understood: it is not JSON',
      'the attached SBOM sha256:bbbbbbbbbbbb names 3 components that are no packages that are known here',
      'sha256:1: nobody knows what is in it',
      '',
    ].join('\n'),
  );
});
