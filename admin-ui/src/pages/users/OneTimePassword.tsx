import type { InvitedUser } from '../../api/access';
import { Dialog, Secret } from '../../components/forms';
import { fullTime } from '../../lib/format';

/** A one-time password, the only time that it is shown. */
export function OneTimePassword({ of, title, onClose }: { of: InvitedUser; title: string; onClose: () => void }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="form">
        <p>
          Give {of.name} this one-time password. It opens nothing but the choice of another one
          {of.passwordExpiresAt === undefined ? '' : `, until ${fullTime(of.passwordExpiresAt)}`}.
        </p>
        <Secret label="One-time password" value={of.oneTimePassword} testId="one-time-password" />
        <div class="actions">
          <button type="button" class="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
