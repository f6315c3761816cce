package iam

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/secret"
)

// Holder says whose credentials are meant: a user's by name, or with an empty name those of the account's root.
type Holder struct{ UserName string }

func (h Holder) owner(tx Tx, scope Scope) (string, error) {
	if h.UserName == "" {
		return "", nil
	}
	p, err := named(tx, scope, User, h.UserName)
	return p.ID, err
}

// CreateKey makes an access key. Its secret is given here and never again.
func (s *Service) CreateKey(ctx context.Context, scope Scope, holder Holder) (AccessKey, secret.String, error) {
	key := AccessKey{ID: newKeyID(keyPrefix, scope.Account), Account: scope.Account, Status: Active, CreatedAt: s.time()}
	value := NewSecret()
	return key, value, s.insertKey(ctx, scope, holder, &key, value)
}

func (s *Service) insertKey(ctx context.Context, scope Scope, holder Holder, key *AccessKey, value secret.String) error {
	sealed, err := s.sealer.Seal(ctx, []byte(value.Reveal()), keyContext(key.Account, key.ID))
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		owner, err := holder.owner(tx, scope)
		if err != nil {
			return err
		}
		key.Owner = owner
		keys, err := tx.Keys(scope.Account, owner)
		if err != nil {
			return err
		}
		if len(keys) >= MaxKeys {
			return errLimit("AccessKeysPerUser", MaxKeys)
		}
		return tx.InsertKey(*key, sealed)
	})
}

// keyContext binds the ciphertext of a secret to the credential that it belongs to.
func keyContext(account, id string) map[string]string {
	return map[string]string{"merlon:purpose": "credential", "account": account, "id": id}
}

// Keys gives the access keys of a holder.
func (s *Service) Keys(ctx context.Context, scope Scope, holder Holder) ([]AccessKey, error) {
	return view(ctx, s.store, func(tx Tx) ([]AccessKey, error) {
		owner, err := holder.owner(tx, scope)
		if err != nil {
			return nil, err
		}
		return tx.Keys(scope.Account, owner)
	})
}

// SetKeyStatus turns an access key on or off.
func (s *Service) SetKeyStatus(ctx context.Context, scope Scope, holder Holder, id string, status Status) error {
	return s.onKey(ctx, scope, holder, id, func(tx Tx) error { return tx.SetKeyStatus(id, status) })
}

// DeleteKey removes an access key.
func (s *Service) DeleteKey(ctx context.Context, scope Scope, holder Holder, id string) error {
	return s.onKey(ctx, scope, holder, id, func(tx Tx) error { return tx.DeleteKey(id) })
}

func (s *Service) onKey(ctx context.Context, scope Scope, holder Holder, id string, act func(Tx) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		owner, err := holder.owner(tx, scope)
		if err != nil {
			return err
		}
		key, _, err := tx.Key(id)
		if errors.Is(err, ErrNoRow) || err == nil && (key.Account != scope.Account || key.Owner != owner) {
			return errNoKey(id)
		}
		if err != nil {
			return err
		}
		return act(tx)
	})
}

// KeyUse gives an access key of the account and the name of its user, empty for the root.
func (s *Service) KeyUse(ctx context.Context, scope Scope, id string) (key AccessKey, user string, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		key, _, err = tx.Key(id)
		if errors.Is(err, ErrNoRow) || err == nil && key.Account != scope.Account {
			return errNoKey(id)
		}
		if err != nil || key.Owner == "" {
			return err
		}
		p, err := tx.PrincipalByID(key.Owner)
		user = p.Name
		return err
	})
	return key, user, err
}

// OpenSecret unseals the secret of a credential. A ciphertext that does not open is nobody's credential, and a reason to look at the store.
func OpenSecret(ctx context.Context, sealer envelope.Sealer, account, id string, sealed []byte) (secret.String, error) {
	plain, err := sealer.Open(ctx, sealed, keyContext(account, id))
	if errors.Is(err, envelope.ErrOpen) {
		return secret.String{}, fault.Wrap(err, fault.Internal, "The secret of credential %s cannot be read.", id)
	}
	if err != nil {
		return secret.String{}, err
	}
	defer envelope.Zero(plain)
	return secret.New(string(plain)), nil
}

// errNoKey is what every operation on a credential that is not there answers.
func errNoKey(id string) error {
	return fault.New(fault.NotFound, "The Access Key with id %s cannot be found.", id)
}
