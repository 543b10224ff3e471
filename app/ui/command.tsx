import { CopyButton } from './copy-button';

/** Command lines to copy, by the button or by selecting them: one click or tap selects all. */
export function Command({ children }: { children: string }) {
  return (
    <div className="command-box">
      <pre className="command">
        <code>{children}</code>
      </pre>
      <CopyButton className="button-quiet-small command-copy" label="Copy" read={children} />
    </div>
  );
}
