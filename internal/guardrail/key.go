package guardrail

import (
	"context"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
)

// Keys are the keys under which configurations are kept.
type Keys interface {
	// ResolveKey turns what a caller may write as kmsKeyId (a key id, key ARN, alias name or alias ARN) into the ARN of the key. A key
	// that does not exist or cannot keep a configuration gives a fault of kind Invalid that names kmsKeyId.
	ResolveKey(ctx context.Context, scope Scope, key string) (string, error)
	// Usable fails with a fault of kind Denied where the key with the ARN cannot be used now. It is cheap enough to ask at every use.
	Usable(ctx context.Context, keyARN string) error
	// Sealer gives what seals under the key with the ARN, or under the service's own where it is empty.
	Sealer(keyARN string) envelope.Sealer
}

// sealedFormat is the first byte of a configuration that is sealed: what EncodeConfig gives follows, as a ciphertext.
const sealedFormat = 2

// Sealed reports whether a stored configuration can only be read with its key. Those that were stored before there were keys can be read
// without.
func Sealed(stored []byte) bool { return len(stored) > 0 && stored[0] == sealedFormat }

// sealContext binds a configuration to its place.
func (s Summary) sealContext() map[string]string {
	return map[string]string{"aws:bedrock:guardrail-arn": s.ARN(), "aws:bedrock:guardrail-version": s.Version.String()}
}

// usable fails where the key of a guardrail cannot be used; the service's own always can.
func (s *Service) usable(ctx context.Context, keyARN string) error {
	if keyARN == "" {
		return nil
	}
	return s.keys.Usable(ctx, keyARN)
}

// seal gives g as a store keeps it.
func (s *Service) seal(ctx context.Context, g Guardrail) (Row, error) {
	row := g.row()
	plain, err := EncodeConfig(g.Config)
	if err != nil {
		return Row{}, err
	}
	sealed, err := s.keys.Sealer(row.KMSKeyARN).Seal(ctx, plain, row.sealContext())
	if err != nil {
		return Row{}, fmt.Errorf("seal the configuration of guardrail %s: %w", row.ARN(), err)
	}
	row.Config = append([]byte{sealedFormat}, sealed...)
	return row, nil
}

// open gives the version that the row holds. It may wait for a key, so it has no place in a transaction.
func (s *Service) open(ctx context.Context, row Row) (Guardrail, error) {
	// The key counts for what was stored before it sealed anything, too.
	if err := s.usable(ctx, row.KMSKeyARN); err != nil {
		return Guardrail{}, err
	}
	stored := row.Config
	if Sealed(stored) {
		var err error
		if stored, err = s.keys.Sealer(row.KMSKeyARN).Open(ctx, stored[1:], row.sealContext()); err != nil {
			return Guardrail{}, fmt.Errorf("guardrail %s version %s: %w", row.ARN(), row.Version, err)
		}
	}
	g, err := row.guardrail(stored)
	if err == nil && g.Config.KMSKeyARN != row.KMSKeyARN {
		err = errors.New("the key that the configuration names is not the one that keeps it")
	}
	if err != nil {
		return Guardrail{}, fmt.Errorf("guardrail %s version %s: %w", row.ARN(), row.Version, err)
	}
	return g, nil
}

// Confirm fails as Get would where the key that keeps g can no longer be used: for who holds a guardrail that was read before.
func (s *Service) Confirm(ctx context.Context, g Guardrail) error { return s.usable(ctx, g.KMSKeyARN) }
