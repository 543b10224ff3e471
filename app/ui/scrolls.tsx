import type { ReactNode, Ref } from 'react';

/**
 * A part of the page that may be larger than its place, and then scrolls in it. It takes the focus, so that the arrow keys scroll it
 * (WCAG 2.1.1): not every browser gives it to what scrolls by itself.
 */
export function ScrollRegion({
  label,
  className,
  ref,
  children,
}: {
  /** What it is, for those who hear it when it takes the focus. */
  label: string;
  className: string;
  ref?: Ref<HTMLElement>;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus, see above
    <section ref={ref} className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** The same for lines of code or data, which are not broken. */
export function ScrollCode({ className, children }: { className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus, see above
    <pre className={className} tabIndex={0}>
      <code>{children}</code>
    </pre>
  );
}
