/**
 * SHA-256 and SHA-512 (FIPS 180-4) of bytes in memory, without the runtime's help: WebCrypto answers
 * only later and not at all on a page that came over plain HTTP, and this package runs everywhere.
 * For small things such as a descriptor's `data`; blobs are hashed by the runtime while they stream.
 *
 * Words of 64 bits are kept as two of 32, because BigInt is fifty times slower. The constants are the
 * first bits of the roots of the first primes; they are computed instead of listed.
 */
import type { Digest, DigestAlgorithm } from './digest.ts';

export function digestBytes(algorithm: DigestAlgorithm, bytes: Uint8Array): Digest {
  const hash = algorithm === 'sha256' ? sha256(bytes) : sha512(bytes);
  const hex = Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
  return `${algorithm}:${hex}` as Digest; // an algorithm we know and as many lower-case hex digits as it has
}

// The roots, as pairs of words: high, low, high, low … SHA-256 uses the high ones.
const primes = firstPrimes(80);
const cubeRoots = Uint32Array.from(primes.flatMap((prime) => fractionOfRoot(prime, 3n)));
const squareRoots = Uint32Array.from(primes.slice(0, 8).flatMap((prime) => fractionOfRoot(prime, 2n)));

const roundConstants256 = cubeRoots.filter((_, index) => index % 2 === 0 && index < 128);
const startState256 = squareRoots.filter((_, index) => index % 2 === 0);

function sha256(bytes: Uint8Array): Uint32Array {
  const state = startState256.slice();
  const schedule = new Uint32Array(64);
  const blocks = pad(bytes, 64);

  for (let block = 0; block < blocks.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) schedule[t] = blocks.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const w15 = word(schedule, t - 15);
      const w2 = word(schedule, t - 2);
      const sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
      const sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
      schedule[t] = word(schedule, t - 16) + sigma0 + word(schedule, t - 7) + sigma1;
    }

    let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
    for (let t = 0; t < 64; t++) {
      const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + word(roundConstants256, t) + word(schedule, t)) | 0;
      const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) state[index] = word(state, index) + value;
  }
  return state;
}

function sha512(bytes: Uint8Array): Uint32Array {
  const state = squareRoots.slice();
  const schedule = new Uint32Array(160);
  const blocks = pad(bytes, 128);

  for (let block = 0; block < blocks.byteLength; block += 128) {
    for (let t = 0; t < 32; t++) schedule[t] = blocks.getUint32(block + 4 * t);
    for (let t = 32; t < 160; t += 2) {
      const h15 = word(schedule, t - 30);
      const l15 = word(schedule, t - 29);
      const h2 = word(schedule, t - 4);
      const l2 = word(schedule, t - 3);
      const sigma0High = rotateHigh(h15, l15, 1) ^ rotateHigh(h15, l15, 8) ^ (h15 >>> 7);
      const sigma0Low = rotateHigh(l15, h15, 1) ^ rotateHigh(l15, h15, 8) ^ ((l15 >>> 7) | (h15 << 25));
      const sigma1High = rotateHigh(h2, l2, 19) ^ rotateHigh(l2, h2, 29) ^ (h2 >>> 6);
      const sigma1Low = rotateHigh(l2, h2, 19) ^ rotateHigh(h2, l2, 29) ^ ((l2 >>> 6) | (h2 << 26));
      const low = word(schedule, t - 31) + (sigma0Low >>> 0) + word(schedule, t - 13) + (sigma1Low >>> 0);
      schedule[t + 1] = low;
      schedule[t] = word(schedule, t - 32) + sigma0High + word(schedule, t - 14) + sigma1High + carry(low);
    }

    let [aHigh, aLow, bHigh, bLow, cHigh, cLow, dHigh, dLow] = state.subarray(0, 8) as unknown as Eight;
    let [eHigh, eLow, fHigh, fLow, gHigh, gLow, hHigh, hLow] = state.subarray(8) as unknown as Eight;
    for (let t = 0; t < 160; t += 2) {
      const sum1High = rotateHigh(eHigh, eLow, 14) ^ rotateHigh(eHigh, eLow, 18) ^ rotateHigh(eLow, eHigh, 9);
      const sum1Low = rotateHigh(eLow, eHigh, 14) ^ rotateHigh(eLow, eHigh, 18) ^ rotateHigh(eHigh, eLow, 9);
      const chooseHigh = (eHigh & fHigh) ^ (~eHigh & gHigh);
      const chooseLow = (eLow & fLow) ^ (~eLow & gLow);
      const t1Low = (hLow >>> 0) + (sum1Low >>> 0) + (chooseLow >>> 0) + word(cubeRoots, t + 1) + word(schedule, t + 1);
      const t1High = (hHigh + sum1High + chooseHigh + word(cubeRoots, t) + word(schedule, t) + carry(t1Low)) | 0;
      const sum0High = rotateHigh(aHigh, aLow, 28) ^ rotateHigh(aLow, aHigh, 2) ^ rotateHigh(aLow, aHigh, 7);
      const sum0Low = rotateHigh(aLow, aHigh, 28) ^ rotateHigh(aHigh, aLow, 2) ^ rotateHigh(aHigh, aLow, 7);
      const majorityHigh = (aHigh & bHigh) ^ (aHigh & cHigh) ^ (bHigh & cHigh);
      const majorityLow = (aLow & bLow) ^ (aLow & cLow) ^ (bLow & cLow);
      const eNewLow = (dLow >>> 0) + (t1Low >>> 0);
      const aNewLow = (t1Low >>> 0) + (sum0Low >>> 0) + (majorityLow >>> 0);
      hHigh = gHigh;
      hLow = gLow;
      gHigh = fHigh;
      gLow = fLow;
      fHigh = eHigh;
      fLow = eLow;
      eHigh = (dHigh + t1High + carry(eNewLow)) | 0;
      eLow = eNewLow | 0;
      dHigh = cHigh;
      dLow = cLow;
      cHigh = bHigh;
      cLow = bLow;
      bHigh = aHigh;
      bLow = aLow;
      aHigh = (t1High + sum0High + majorityHigh + carry(aNewLow)) | 0;
      aLow = aNewLow | 0;
    }
    const sums = [aHigh, aLow, bHigh, bLow, cHigh, cLow, dHigh, dLow, eHigh, eLow, fHigh, fLow, gHigh, gLow, hHigh, hLow];
    for (let index = 0; index < 16; index += 2) {
      const low = word(state, index + 1) + ((sums[index + 1] ?? 0) >>> 0);
      state[index + 1] = low;
      state[index] = word(state, index) + (sums[index] ?? 0) + carry(low);
    }
  }
  return state;
}

type Eight = [number, number, number, number, number, number, number, number];

/** The index is always inside: the zero is for the compiler. */
function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The high word of a 64-bit word turned right by less than 32 bits; with the arguments swapped, its low word. */
function rotateHigh(high: number, low: number, bits: number): number {
  return (high >>> bits) | (low << (32 - bits));
}

/** What a sum of low words, as yet uncut, gives to the high word. */
function carry(sum: number): number {
  return (sum / 2 ** 32) | 0;
}

/** One bit, zeros, and the length in bits at the end of the last block. */
function pad(bytes: Uint8Array, blockBytes: 64 | 128): DataView {
  const lengthBytes = blockBytes / 8;
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + lengthBytes) / blockBytes) * blockBytes);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  return view;
}

function firstPrimes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  }
  return found;
}

/** The first 64 bits behind the point of a prime's root, as two words: Newton's way down from far above. */
function fractionOfRoot(prime: bigint, degree: 2n | 3n): [number, number] {
  const target = prime << (64n * degree);
  let root = prime << 64n;
  let next = root;
  do {
    root = next;
    next = ((degree - 1n) * root + target / root ** (degree - 1n)) / degree;
  } while (next < root);
  return [Number((root >> 32n) & 0xffffffffn), Number(root & 0xffffffffn)];
}
