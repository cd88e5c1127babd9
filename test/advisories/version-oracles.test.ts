/** The orders of distributions, against the programs of the distributions: thousands of pairs, from a seed. */
import { describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { array, constantFrom, oneof, type Arbitrary, sample, tuple } from 'fast-check';
import { apkOrder } from '@naru/server/advisories/versions/apk';
import { dpkgOrder } from '@naru/server/advisories/versions/dpkg';
import { pep440Order } from '@naru/server/advisories/versions/pep440';
import { rpmOrder } from '@naru/server/advisories/versions/rpm';
import type { VersionOrder } from '@naru/server/advisories/versions/version-order';
import { needs, recordSkip } from '../support/needs.ts';
import { askPythonPackaging, hasPythonPackaging } from '../support/python-packaging.ts';
import { findSharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Pair = readonly [string, string];

/** Numbers, words and signs in a row, and neighbours of each other: what differs late differs interestingly. */
function pairsOf(order: VersionOrder, pieces: readonly string[], count: number): Pair[] {
  const piece = constantFrom(...pieces);
  const rest = array(piece, { maxLength: 7 });
  const start = constantFrom('0', '1', '1.0', '1.2', '10', '2.4.41');
  const cousins: Arbitrary<[string, string]> = tuple(start, rest, rest, rest).map(([a, b, c, d]) => [[a, ...b, ...c].join(''), [a, ...b, ...d].join('')]);
  const strangers: Arbitrary<[string, string]> = tuple(start, rest, start, rest).map(([a, b, c, d]) => [[a, ...b].join(''), [c, ...d].join('')]);
  const valid = oneof(cousins, strangers).filter((pair) => pair.every((text) => order.isVersion(text)));
  return sample(valid, { numRuns: count, seed: 20_240_601 });
}

/** Each pair with what we say, to be compared with what they say. */
const said = (pairs: readonly Pair[], signs: readonly string[]) => pairs.map(([one, other], place) => `${one} ${signs[place] ?? '?'} ${other}`);
const ours = (order: VersionOrder, pairs: readonly Pair[]) =>
  said(
    pairs,
    pairs.map(([one, other]) => signOf(order.compare(one, other))),
  );
const signOf = (number: number): string => (number < 0 ? '<' : number > 0 ? '>' : '=');

const isRoot = process.getuid?.() === 0;

describe.if(needs('dpkg'))('dpkg --compare-versions', () => {
  test('agrees', () => {
    const pairs = pairsOf(dpkgOrder, ['1', '2', '10', '0', '03', '.', '-', '-1', '+', '~', '~rc1', '+deb12u1', '~deb11u1', 'a', 'Z', '+dfsg', '.1'], 600);
    const script =
      'while read -r one other; do if dpkg --compare-versions "$one" lt "$other"; then echo "<"; elif dpkg --compare-versions "$one" gt "$other"; then echo ">"; else echo "="; fi; done';
    expect(ours(dpkgOrder, pairs)).toEqual(said(pairs, answersOf('sh', ['-c', script], pairs)));
  });
});

describe.if(needs('rpm'))('rpm', () => {
  test('agrees', () => {
    const pairs = pairsOf(rpmOrder, ['1', '2', '10', '0', '03', '.', '-1', '-1.el9', '_', '~', '~rc1', '^', '^git1', 'a', 'Z', '.el8', '+'], 1000);
    const program = pairs.map(([one, other]) => `print(rpm.vercmp("${one}", "${other}") .. "\\n")`).join(' ');
    const signs = answersOf('rpm', ['--eval', `%{lua: ${program}}`], []).map((answer) => signOf(Number(answer)));
    expect(ours(rpmOrder, pairs)).toEqual(said(pairs, signs));
  });
});

describe.if(hasPythonPackaging())("pip's packaging.version", () => {
  const pieces = ['1', '2', '10', '0', '.', '.0', 'a1', 'b2', 'rc1', 'c1', 'alpha', '.post1', '-1', '.dev0', '+local.1', '+ubuntu-2', '1!', '_', '-', 'v', 'a'];
  const signs = (pairs: readonly Pair[]) =>
    askPythonPackaging(
      `
def parsed(text):
    try: return Version(text)
    except InvalidVersion: return None
def sign(one, other):
    if one is None or other is None: return '?'
    return '<' if one < other else '>' if one > other else '='
json.dump([sign(parsed(one), parsed(other)) for one, other in given], sys.stdout)
`,
      pairs,
    ) as string[];

  test('agrees', () => {
    const pairs = pairsOf(pep440Order, pieces, 2000);
    expect(ours(pep440Order, pairs)).toEqual(said(pairs, signs(pairs)));
  });

  test('knows the same for no version', () => {
    const texts = sample(
      array(constantFrom(...pieces, 'post', 'dev', '+', 'x'), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
      { numRuns: 2000, seed: 20_240_601 },
    );
    const theirs = signs(texts.map((text) => [text, text]));
    expect(texts.map((text) => `${text} ${pep440Order.isVersion(text) ? '=' : '?'}`)).toEqual(texts.map((text, place) => `${text} ${theirs[place]}`));
  });
});

// Not apk-tools 2.10 of Alpine 3.10, to which 1.0_rc1 is after 1.0: it forgets to look for what follows a zero.
const alpine = findSharedData('alpine-minirootfs-3.20.3-x86_64.tar.gz');
if (!isRoot) recordSkip('only root may chroot into the root file system of Alpine');

describe.if(alpine !== undefined && isRoot)('apk version', () => {
  test('agrees', async () => {
    await using folder = await temporaryFolder('naru-apk-');
    execFileSync('tar', ['-xzf', alpine ?? '', '-C', folder.path]);
    const pieces = [
      '.1',
      '.2',
      '.10',
      '.0',
      '.05',
      '.01',
      'a',
      'b',
      'z',
      '_alpha',
      '_beta2',
      '_pre1',
      '_rc',
      '_rc1',
      '_p1',
      '_git20200101',
      '_p',
      '-r0',
      '-r1',
      '-r10',
    ];
    const pairs = pairsOf(apkOrder, pieces, 1000);
    const script = 'while read -r one other; do apk version -t "$one" "$other"; done';
    expect(ours(apkOrder, pairs)).toEqual(said(pairs, answersOf('chroot', [folder.path, '/bin/sh', '-c', script], pairs)));
  });
});

function answersOf(program: string, words: readonly string[], pairs: readonly Pair[]): string[] {
  const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('');
  return execFileSync(program, words, { input, encoding: 'utf8', maxBuffer: 1 << 24 })
    .trim()
    .split('\n');
}
