/**
 * Names and lines of strangers. Signs that change the order in which text is read, and control
 * characters, are shown by their number: `fdp.exe` must not read as `exe.pdf`.
 */
export function ForeignText({ children: text }: { children: string }) {
  return (
    <bdi>
      {text.split(hidden).map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <span key={index} className="rounded-md bg-bad-soft px-0.5 text-bad">
            {signName(part)}
          </span>
        ),
      )}
    </bdi>
  );
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const hidden = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff])/;

/** `U+202E` */
export function signName(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
