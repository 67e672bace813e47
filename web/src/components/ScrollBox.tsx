import type { ReactNode } from "react";

interface Props {
  label: string;
  children: ReactNode;
}

/** What may be larger than its panel, and scrolls by keyboard too. */
export function ScrollBox({ label, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard
    <section className="scroll-box" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
