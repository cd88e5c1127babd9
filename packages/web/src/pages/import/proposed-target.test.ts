import { expect, test } from 'bun:test';
import { proposedTarget } from './proposed-target.ts';

test.each([
  [undefined, 'kim', '', 'latest'],
  ['1.2', 'kim', '', '1.2'],
  ['nginx:1.27', 'kim', 'kim/nginx', '1.27'],
  ['nginx:1.27', undefined, 'nginx', '1.27'],
  ['docker.io/library/nginx:1.27', 'kim', 'kim/nginx', '1.27'],
  ['registry:5000/team/app', 'kim', 'team/app', 'latest'],
  ['localhost/team/app:v1', 'kim', 'team/app', 'v1'],
  ['team/app:1@sha256:ab', 'kim', 'team/app', '1'],
])('%p of %p goes to %s:%s', (name, namespace, repository, tag) => {
  expect(proposedTarget(name, namespace)).toEqual({ repository, tag });
});
