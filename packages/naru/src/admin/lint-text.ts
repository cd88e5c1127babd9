/** What `naru lint` prints: what is amiss with each image, and what each of its own instructions costs. */
type Image = {
  readonly digest: string;
  readonly platform?: string;
  readonly findings: readonly { readonly rule: string; readonly level: string; readonly message: string }[];
  readonly steps: readonly { readonly instruction: string; readonly sizeBytes: number; readonly isInherited: boolean }[];
};

export function lintText(body: string): string {
  const { images } = JSON.parse(body) as { images: readonly Image[] }; // our own server's
  if (images.length === 0) return 'this is no image that runs\n';
  return images.map((image) => `${imageLines(image).join('\n')}\n`).join('\n');
}

function imageLines({ digest, platform, findings, steps }: Image): string[] {
  const inherited = steps.filter(({ isInherited }) => isInherited).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const own = steps.filter(({ isInherited, sizeBytes }) => !isInherited && sizeBytes > 0);
  return [
    `${digest}${platform === undefined ? '' : ` ${platform}`}`,
    ...(findings.length === 0 ? ['nothing is amiss'] : findings.map(({ rule, level, message }) => `${level}: ${rule}: ${message}`)),
    ...(inherited === 0 ? [] : [`${megabytes(inherited)}  from the base`]),
    ...own.map(({ instruction, sizeBytes }) => `${megabytes(sizeBytes)}  ${shorten(instruction === '' ? '(the build does not say)' : instruction)}`),
  ];
}

function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e6).toFixed(1)} MB`.padStart(10);
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 86 ? `${line.slice(0, 85)}…` : line;
}
