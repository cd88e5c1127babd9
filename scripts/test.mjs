/**
 * `npm test [-- PATHS]`: installs what is missing and runs every test there is, or those of the paths.
 *
 * Each suite is a process of its own, so that one which hangs or dies takes no other with it. What a
 * suite skips because a program is missing is said in one line each, again at the end, and fails the
 * run where NARU_TEST_REQUIRE_ALL=1, as does a skipped test that gives no reason.
 *
 * Where NARU_TEST_AGAIN=1, the files with failed tests are run once more: a test that then passes is
 * named as unstable, to be mended, and does not fail the run.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMissing, root } from './install.mjs';

await installMissing({ dev: true });
const { bun, format, lint, runStep, types } = await import('./steps.mjs'); // needs what was installed

const again = process.env['NARU_TEST_AGAIN'] === '1';
const requireAll = process.env['NARU_TEST_REQUIRE_ALL'] === '1';
const paths = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'naru-test-'));
const skipRecord = join(scratch, 'skips');

/** A run of many paths is called by all of them. */
const fileNameMax = 100;
/** Of why a test failed, at the end of the run: what came before says it whole. */
const reasonMax = 600;

const suites = paths.length > 0 ? [suite(paths.join(' '), paths)] : [suite('unit', ['packages']), ...suitesInTestFolder()];
const steps = paths.length > 0 ? suites : [format, types, lint, ...suites];

const failed = [];
const failedTests = [];
const unstableTests = [];
for (const step of steps) {
  if (await runStep(step)) continue;
  const names = failedTestsOf(step);
  if (again && names.length > 0 && (await runStep(onceMore(step, names)))) unstableTests.push(...names);
  else {
    failed.push(step.name);
    failedTests.push(...names);
  }
}

const totals = suites
  .map(countsOf)
  .reduce((sum, one) => ({ tests: sum.tests + one.tests, failures: sum.failures + one.failures, skipped: sum.skipped + one.skipped }));
const skips = existsSync(skipRecord)
  ? readFileSync(skipRecord, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
const failures = totals.failures - unstableTests.length;
console.log(`\n${totals.tests} tests: ${totals.tests - failures - totals.skipped} passed, ${failures} failed, ${totals.skipped} skipped`);
for (const { suite: name, reason } of skips) console.log(`SKIPPED ${name}: ${reason}`);
// A test that is switched off gives no reason, so its file is not among those that did.
const unexplained = suites.flatMap(skippedFilesOf).filter((file) => !skips.some((skip) => file.endsWith(skip.suite)));
for (const file of new Set(unexplained)) console.log(`SKIPPED ${file}: for no reason that it gives`);
const isExcused = unexplained.length === 0 && skips.every((skip) => skip.excused);
if (requireAll && !isExcused) failed.push('skipped tests, where NARU_TEST_REQUIRE_ALL=1 allows none');
for (const { file, name, why } of unstableTests) console.log(`UNSTABLE ${file}: ${name}: failed, and passed when its file was run again: ${why}`);
for (const { file, name, why } of failedTests) console.log(`FAILED ${file}: ${name}: ${why}`);
if (failed.length > 0) console.log(`FAILED: ${failed.join(', ')}`);
rmSync(scratch, { recursive: true });
process.exit(failed.length > 0 ? 1 : 0);

/** The rules of the house first, the long ones last. */
function suitesInTestFolder() {
  const order = ['tidy.test.ts', 'support', 'spec', 'features', 'sim', 'crash', 'clients'];
  const found = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'));
  const names = [...new Set(found.map((path) => path.split(/[/\\]/)[0]))];
  return names
    .toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other))
    .map((name) => suite(name.replace('.test.ts', ''), [`./test/${name}`]));

  function rank(name) {
    const index = order.indexOf(name);
    return index < 0 ? order.indexOf('sim') : index;
  }
}

function suite(name, targets) {
  const report = join(scratch, `${name.replaceAll(/[^a-z0-9]/gi, '-').slice(0, fileNameMax)}.xml`);
  return {
    name,
    report,
    command: [bun, 'test', '--only-failures', '--timeout=60000', '--reporter=junit', `--reporter-outfile=${report}`, ...targets],
    env: { NARU_TEST_SKIPS: skipRecord },
  };
}

/** The files of the failed tests, in a process and with a report of their own. */
function onceMore(step, failedOnes) {
  return suite(`${step.name} once more`, [...new Set(failedOnes.map(({ file }) => `./${file}`))]);
}

function failedTestsOf(step) {
  if (step.report === undefined) return [];
  const found = readReport(step).matchAll(/<testcase name="([^"]+)"[^>]* file="([^"]+)"[^>]*>\s*<failure(?: [^>]*message="([^"]*)")?/g);
  return [...found].map(([, name, file, why = '']) => ({ name: unescaped(name), file, why: inOneLine(unescaped(why)) }));
}

function inOneLine(text) {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > reasonMax ? `${line.slice(0, reasonMax)}…` : line;
}

function unescaped(xml) {
  const characters = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', '#10': '\n' };
  return xml.replaceAll(/&(quot|apos|lt|gt|amp|#10);/g, (_, name) => characters[name]);
}

function skippedFilesOf(suite) {
  return [...readReport(suite).matchAll(/<testcase [^>]*file="([^"]+)"[^>]*>\s*<skipped/g)].map((found) => found[1]);
}

function countsOf(suite) {
  const head = /<testsuites[^>]*>/.exec(readReport(suite))?.[0] ?? '';
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  return { tests: count('tests'), failures: count('failures'), skipped: count('skipped') };
}

function readReport({ report }) {
  return existsSync(report) ? readFileSync(report, 'utf8') : '';
}
