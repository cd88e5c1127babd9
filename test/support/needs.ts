/**
 * Tests that need a program ask for it here. When it is missing, one visible line says so and the
 * skip is noted in the file that `scripts/test.mjs` sums up; where NARU_TEST_REQUIRE_ALL=1 (CI) it
 * makes the run fail.
 */
import { accessSync, appendFileSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Where the program is not in a Debian package of its own name. */
const packages: Readonly<Record<string, string>> = {
  busybox: 'busybox-static',
  ctr: 'containerd',
  docker: 'docker.io',
  dockerd: 'docker.io',
  htpasswd: 'apache2-utils',
  ip: 'iproute2',
  nginx: 'nginx-light',
  'docker-registry': 'docker-registry',
  nsenter: 'util-linux',
};

/** Are all these programs there? Says which is not. */
export function needs(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) return true;
  const hint = [...new Set(missing.map((program) => packages[program] ?? program))].join(' ');
  recordSkip(`needs ${missing.join(', ')} (apt install ${hint})`);
  return false;
}

/** For what is only found out by trying, like a kernel that refuses: `recordSkip('the kernel refuses network namespaces')`. */
export function recordSkip(reason: string, suite = callingSuite()): void {
  console.error(`SKIPPED ${suite}: ${reason}`);
  const record = process.env['NARU_TEST_SKIPS'];
  if (record !== undefined) appendFileSync(record, `${JSON.stringify({ suite, reason })}\n`);
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
