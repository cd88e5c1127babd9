/** Thin lines, 16 × 16, in the colour of the text beside them. Meaning is in that text, never in the picture alone. */
import type { ReactNode } from 'react';

function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      {children}
    </svg>
  );
}

export const CopyIcon = () => (
  <Icon>
    <rect x="5.500" y="5.500" width="8" height="8" rx="1.500" />
    <path d="M3.500 10.500h-.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v.5" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2.500v8M4.500 7.500 8 11l3.500-3.500M3 13.500h10" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.500 3.500 3.500L13 4.500" />
  </Icon>
);
export const BellIcon = () => (
  <Icon>
    <path d="M4 11V7a4 4 0 0 1 8 0v4l1 1.500H3ZM6.500 14.500h3" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.500" />
    <path d="m10.500 10.500 3.500 3.500" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M3.400 12.600l.7-.7M11.900 4.100l.7-.7" />
  </Icon>
);
export const LockIcon = () => (
  <Icon size={14}>
    <rect x="3" y="7" width="10" height="7" rx="1.500" />
    <path d="M5 7V5a3 3 0 0 1 6 0v2" />
  </Icon>
);

/** A jetty with three stacked blocks. */
export function Mark() {
  return (
    <svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32" className="shrink-0 fill-accent">
      <rect x="12" y="3" width="8" height="6" rx="1" />
      <rect x="7" y="11" width="8" height="6" rx="1" />
      <rect x="17" y="11" width="8" height="6" rx="1" />
      <rect x="2" y="20" width="28" height="3" rx="1.500" />
      <rect x="6" y="23" width="2.500" height="7" />
      <rect x="23.500" y="23" width="2.500" height="7" />
    </svg>
  );
}
