import 'katex/dist/katex.min.css';
import { render } from 'katex';

/**
 * Typesets a formula of a model's into an element, as DOM nodes: no markup is made of strings. Nothing of it may load,
 * link or run (`trust`), and what it may grow to is bounded. What is no LaTeX stands there as it is written.
 */
export function typeset(element: HTMLElement, tex: string, display: boolean): void {
  render(tex, element, {
    displayMode: display,
    throwOnError: false,
    trust: false,
    strict: 'ignore',
    maxExpand: 200,
    maxSize: 20,
  });
}
