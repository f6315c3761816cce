package iam

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
)

// rewrapPage bounds how many secrets are in memory at one time.
const rewrapPage = 500

var _ envelope.Holder = (*Service)(nil)

// Rewrap implements envelope.Holder: it puts the secrets of access keys and service-specific credentials under the newest wrapping key.
// Session tokens and encoded authorization messages that were handed out before end with the old one.
func (s *Service) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	for _, kind := range []struct {
		all     func(tx Tx, after int64, limit int) ([]SealedSecret, error)
		replace func(tx Tx, id string, sealed []byte) error
	}{
		{Tx.AllKeys, Tx.ReplaceKeySecret},
		{Tx.AllServiceCredentials, Tx.ReplaceServiceSecret},
	} {
		for after, last := int64(0), false; !last; {
			n := 0
			err := s.store.Update(ctx, func(tx Tx) error {
				page, err := kind.all(tx, after, rewrapPage)
				if err != nil {
					return err
				}
				for _, c := range page {
					after = c.Sequence
					rewrapped, fresh, err := k.Rewrap(ctx, c.Sealed, keyContext(c.Account, c.ID))
					if err != nil {
						return fmt.Errorf("credential %s: %w", c.ID, err)
					}
					if fresh {
						continue
					}
					if err := kind.replace(tx, c.ID, rewrapped); err != nil {
						return err
					}
					n++
				}
				last = len(page) < rewrapPage
				return nil
			})
			if err != nil {
				return changed, err
			}
			changed += n
		}
	}
	return changed, nil
}
