import { expect, test } from 'bun:test';
import { groupRules, parseGroupRule } from './group-rules.ts';

test('a rule says what a group stands for', () => {
  expect(parseGroupRule('developers=acme/dev')).toEqual({ group: 'developers', role: { kind: 'team', organisation: 'acme', team: 'dev' } });
  expect(parseGroupRule('staff = acme')).toEqual({ group: 'staff', role: { kind: 'organisation', organisation: 'acme', role: 'member' } });
  expect(parseGroupRule('leads=acme:owner')).toEqual({ group: 'leads', role: { kind: 'organisation', organisation: 'acme', role: 'owner' } });
  expect(parseGroupRule('operators=administrator')).toEqual({ group: 'operators', role: { kind: 'administrator' } });
  expect(parseGroupRule('cn=dev,ou=groups,dc=example=acme/dev')?.group).toBe('cn=dev,ou=groups,dc=example');
});

test('what is none is refused, and named', () => {
  for (const entry of ['', '=acme', 'dev=', 'dev', 'dev=acme/', 'dev=acme:boss', 'dev=a/b/c', 'dev=Acme']) expect(parseGroupRule(entry)).toBeUndefined();
  expect(groupRules().safeParse('a=acme, b=Acme').error?.issues[0]?.message).toContain('"b=Acme" is not like');
  expect(groupRules().safeParse(['cn=a,dc=b=acme/dev']).data).toHaveLength(1);
});
