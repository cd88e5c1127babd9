/**
 * Tests that need a program ask for it here. When it is missing, one visible line says so and the
 * skip is noted in the file that `scripts/test.mjs` sums up; where NARU_TEST_REQUIRE_ALL=1 (CI) it
 * makes the run fail, unless NARU_TEST_EXCUSED names every program that is missing: what CI itself
 * has tried to get and could not.
 */
import { accessSync, appendFileSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Where the program is not in a Debian package of its own name. */
const packages: Readonly<Record<string, string>> = {
  busybox: 'busybox-static',
  clamd: 'clamav-daemon',
  ctr: 'containerd',
  'db5.3_load': 'db5.3-util',
  docker: 'docker.io',
  dockerd: 'docker.io',
  htpasswd: 'apache2-utils',
  ip: 'iproute2',
  ldapmodify: 'ldap-utils',
  nginx: 'nginx-light',
  nsenter: 'util-linux',
  rpmbuild: 'rpm',
  script: 'bsdutils',
  slapadd: 'slapd',
};

const notInDebian: Readonly<Record<string, string>> = {
  'oci-conformance': '.ci/run builds it',
  cosign: '.ci/run takes it from a newer Debian',
  notation: '.ci/run takes it from a newer Debian',
  zot: 'https://zotregistry.dev',
};

/** Are all these programs there? Says which is not. */
export function needs(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return true;
  const excused = (process.env['NARU_TEST_EXCUSED'] ?? '').split(',');
  record({
    suite: callingSuite(),
    reason: `needs ${missing.join(', ')} (${howToGet(missing)})`,
    excused: missing.every((program) => excused.includes(program)),
  });
  return false;
}

/** For what is only found out by trying, like a kernel that refuses: `recordSkip('the kernel refuses network namespaces')`. */
export function recordSkip(reason: string, suite = callingSuite()): void {
  record({ suite, reason, excused: false });
}

function record(skip: { suite: string; reason: string; excused: boolean }): void {
  console.error(`SKIPPED ${skip.suite}: ${skip.reason}`);
  const file = process.env['NARU_TEST_SKIPS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(skip)}\n`);
}

function howToGet(missing: readonly string[]): string {
  const fromDebian = missing.filter((program) => !(program in notInDebian)).map((program) => packages[program] ?? program);
  const others = missing.filter((program) => program in notInDebian).map((program) => `${program}: ${notInDebian[program]}`);
  return [...(fromDebian.length > 0 ? [`apt install ${[...new Set(fromDebian)].join(' ')}`] : []), ...others].join('; ');
}

function isOnPath(program: string): boolean {
  // Daemons are in sbin, which is not on everyone's PATH.
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function callingSuite(): string {
  const caller = (new Error('where').stack ?? '').split('\n').find((line) => /\.test\.ts/.test(line));
  const path = /([^\s(/]*\/)?[^\s(/]+\.test\.ts/.exec(caller ?? '')?.[0];
  return path ?? basename(process.argv[1] ?? 'test');
}
