import type { ComponentChildren } from 'preact';

/** One line of a list of facts. */
export function Fact({ name, title, children }: { name: string; title?: string; children: ComponentChildren }) {
  return (
    <div>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
