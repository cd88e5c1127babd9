/**
 * What a User-Agent header is of, in a few words: `Firefox, Windows`. Without versions, so that an
 * update is no new device; and only words of this table, since whoever sends the header chose it and
 * it comes to stand in a mail.
 */
export function deviceOf(userAgent: string): string {
  const program = find(programs, userAgent) ?? 'an unknown program';
  const system = find(systems, userAgent);
  return system === undefined ? program : `${program}, ${system}`;
}

type Words = readonly (readonly [pattern: RegExp, word: string])[];

/** In this order: most browsers name those before them as well. */
const programs: Words = [
  [/^docker\//i, 'docker'],
  [/^containerd\//i, 'containerd'],
  [/podman|libpod/i, 'podman'],
  [/skopeo/i, 'skopeo'],
  [/buildah/i, 'buildah'],
  [/buildkit/i, 'buildkit'],
  [/^naru\//i, 'naru'],
  [/^curl\//i, 'curl'],
  [/\bEdgA?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bWhale\//, 'Whale'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];

const systems: Words = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bWindows\b|os\/windows/i, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b|os\/darwin/i, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\blinux\b/i, 'Linux'],
];

function find(words: Words, text: string): string | undefined {
  return words.find(([pattern]) => pattern.test(text))?.[1];
}
