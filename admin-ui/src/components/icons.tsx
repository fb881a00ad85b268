import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.4" />
    <path d="M10 2.2v1.9M10 15.9v1.9M2.2 10h1.9M15.9 10h1.9M4.5 4.5l1.3 1.3M14.2 14.2l1.3 1.3M15.5 4.5l-1.3 1.3M5.8 14.2l-1.3 1.3" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M16.5 12.1A6.8 6.8 0 0 1 7.9 3.5a6.8 6.8 0 1 0 8.6 8.6z" />
  </Icon>
);
export const AutoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path class="icon-fill" d="M10 3a7 7 0 0 1 0 14z" />
  </Icon>
);
export const MenuIcon = () => (
  <Icon>
    <path d="M3 5.5h14M3 10h14M3 14.5h14" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M5 5l10 10M15 5L5 15" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="M7.5 4.5L13 10l-5.5 5.5" />
  </Icon>
);

export const UserIcon = () => (
  <Icon>
    <circle cx="10" cy="6.8" r="3.3" />
    <path d="M3.6 17c.6-3.6 3.2-5.4 6.4-5.4s5.8 1.8 6.4 5.4" />
  </Icon>
);

/** A line made fast to a ring. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
    <rect class="logo-ground" width="32" height="32" rx="8" />
    <g class="logo-lines">
      <circle cx="21" cy="11" r="4.2" />
      <path d="M6 9c0 18 14 18 15 6.2" />
    </g>
  </svg>
);
