import type { ButtonHTMLAttributes } from 'preact';

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'onClick'> & {
  /** Whether it does nothing for now. */
  off?: boolean;
  onClick?: (() => void) | undefined;
};

/**
 * A button that may be off for a while, as while what it began is under way. It keeps the focus meanwhile, which a disabled one
 * loses, and a form is not sent by it, neither by a click nor by Enter in a field.
 */
export function Button({ off = false, onClick, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={off ? 'true' : undefined}
      onClick={(e) => {
        if (off) e.preventDefault();
        else onClick?.();
      }}
    />
  );
}
