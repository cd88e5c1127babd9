import { describe, expect, test } from 'bun:test';
import { runtimeProfile } from './seccomp-profile.ts';

const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 38,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] }],
  syscalls: [
    { names: ['read', 'write'], action: 'SCMP_ACT_ALLOW', args: [], includes: {}, excludes: {} },
    { names: ['personality'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' }] },
    { names: ['arch_prctl'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['amd64', 'x32'] } },
    { names: ['breakpoint'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['arm'] } },
    { names: ['mount'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
    { names: ['mount'], action: 'SCMP_ACT_ERRNO', excludes: { caps: ['CAP_SYS_ADMIN'] }, errnoRet: 1 },
  ],
};

describe('a seccomp profile', () => {
  const of = (capabilities: string[], architecture: string) => runtimeProfile(JSON.stringify(profile), 'p', { capabilities, architecture });

  test('keeps what holds for the capabilities and the machine, and none of the conditions', () => {
    expect(of(['CAP_CHOWN'], 'amd64')).toEqual({
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 38,
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
      syscalls: [
        { names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' },
        { names: ['personality'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' }] },
        { names: ['arch_prctl'], action: 'SCMP_ACT_ALLOW' },
        { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 },
      ],
    });
  });

  test('with the capability the call is allowed, on another machine others are', () => {
    expect(of(['CAP_SYS_ADMIN'], 'arm')).toMatchObject({
      architectures: ['SCMP_ARCH_ARM'],
      syscalls: [{ names: ['read', 'write'] }, { names: ['personality'] }, { names: ['breakpoint'] }, { names: ['mount'], action: 'SCMP_ACT_ALLOW' }],
    });
  });

  test.each(['', '{', '[]', '{"syscalls":[]}'])('%j is none', (text) => {
    expect(() => runtimeProfile(text, '/p.json', { capabilities: [] })).toThrow('Decoding seccomp profile failed: /p.json is no profile');
  });
});
