import type { Role } from '../../api/types';

const ROLES: readonly { role: Role; means: string }[] = [
  { role: 'viewer', means: 'sees devices, readings, commands and jobs' },
  { role: 'operator', means: 'also registers devices, issues tokens and sends commands' },
  { role: 'admin', means: 'also manages users, API keys and all else' },
];

interface RoleFieldsProps {
  role: Role;
  choose: (role: Role) => void;
  error: string | undefined;
  /** Whether a title above says already what is chosen. */
  titled?: boolean;
}

/** The choice of a role, each with what it means. */
export function RoleFields({ role, choose, error, titled = false }: RoleFieldsProps) {
  return (
    <fieldset class="scopes">
      <legend class={titled ? 'sr-only' : ''}>Role</legend>
      {ROLES.map((r) => (
        <label key={r.role} class="check">
          <input type="radio" name="role" checked={r.role === role} onChange={() => choose(r.role)} />
          <span>
            <b>{r.role}</b> <span class="faint">{r.means}</span>
          </span>
        </label>
      ))}
      {error !== undefined && (
        <p class="field-error" aria-live="polite">
          {error}
        </p>
      )}
    </fieldset>
  );
}
