const PATHS = {
  copy: "M6 2.5h6.5A1 1 0 0 1 13.5 3.5V10M3.5 5.5H9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z",
  check: "m3 8.5 3.2 3.2L13 4.8",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6L12.5 8Z",
  close: "m4 4 8 8M12 4l-8 8",
  up: "m4 10 4-4 4 4",
  down: "m4 6 4 4 4-4",
  back: "M10 3.5 5.5 8l4.5 4.5",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  system: "M2.5 3.5h11v7.5h-11ZM6 13.5h4M8 11v2.5",
  warning: "M8 2.5 14 13H2L8 2.5ZM8 6.5v3M8 11.2v.3",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawn sign beside or instead of a word; the word is the caller's to give. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
