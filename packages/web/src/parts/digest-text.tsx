import { useTexts } from '../language/language.tsx';
import { CopyButton } from './copy-button.tsx';

/** Twelve characters to look at, all of them to copy. */
export function DigestText({ digest }: { digest: string }) {
  const { copy } = useTexts();
  return (
    <span className="inline-flex items-center gap-1 font-mono text-[0.87em]">
      <span title={digest}>{shortDigest(digest)}</span>
      <CopyButton text={digest} what={copy.digest} />
    </span>
  );
}

/** `sha256:9f2c41ab0d7e` */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}
