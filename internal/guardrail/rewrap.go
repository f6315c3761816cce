package guardrail

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
)

// rewrapPage bounds how many guardrails are in memory at one time; a configuration can have a megabyte.
const rewrapPage = 50

// rewrapVersions is above the quota of versions that a guardrail can have.
const rewrapVersions = 1000

var _ envelope.Holder = (*Service)(nil)

// Rewrap implements envelope.Holder: it puts the configurations that lie under the server's own key under the newest wrapping key.
// Those under a KMS key stay as they are: what their key is wrapped under is the matter of KMS.
func (s *Service) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	for after, last := int64(0), false; !last; {
		n := 0
		err := s.store.Update(ctx, func(tx Tx) error {
			page, err := tx.AllDrafts(after, rewrapPage)
			if err != nil {
				return err
			}
			for _, row := range page {
				after = row.Sequence
				rewrapped, err := rewrapGuardrail(ctx, tx, k, row)
				n += rewrapped
				if err != nil {
					return fmt.Errorf("guardrail %s: %w", row.ARN(), err)
				}
			}
			last = len(page) < rewrapPage
			return nil
		})
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// rewrapGuardrail rewrites what is not under the newest key of a draft and its versions.
func rewrapGuardrail(ctx context.Context, tx Tx, k *envelope.Keyring, draft Row) (changed int, err error) {
	config, err := rewrapRow(ctx, k, draft)
	if err != nil {
		return 0, err
	}
	if config != nil {
		draft.Config = config
		if err := tx.ReplaceDraft(draft); err != nil {
			return 0, err
		}
		changed++
	}
	for after, last := Draft, false; !last; {
		versions, err := tx.Versions(draft.Scope, draft.ID, after, rewrapVersions)
		if err != nil {
			return changed, err
		}
		for _, v := range versions {
			after = v.Version
			row, err := tx.Version(v.Scope, v.ID, v.Version)
			if err != nil {
				return changed, err
			}
			config, err := rewrapRow(ctx, k, row)
			if err != nil {
				return changed, fmt.Errorf("version %s: %w", v.Version, err)
			}
			if config == nil {
				continue
			}
			if err := tx.ReplaceVersionConfig(v.Scope, v.ID, v.Version, config); err != nil {
				return changed, err
			}
			changed++
		}
		last = len(versions) < rewrapVersions
	}
	return changed, nil
}

// rewrapRow gives the configuration of a row under k's newest key, or nil where the row can stay as it is.
func rewrapRow(ctx context.Context, k *envelope.Keyring, row Row) ([]byte, error) {
	if row.KMSKeyARN != "" || !Sealed(row.Config) {
		return nil, nil
	}
	rewrapped, fresh, err := k.Rewrap(ctx, row.Config[1:], row.sealContext())
	if err != nil || fresh {
		return nil, err
	}
	return append([]byte{sealedFormat}, rewrapped...), nil
}
