package iam

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/fault"
)

// CreateAccount makes an account known.
func (s *Service) CreateAccount(ctx context.Context, id, name string) (Account, error) {
	if len(id) != 12 || !digits(id) {
		return Account{}, fault.New(fault.Invalid, "account %q is not 12 digits", id)
	}
	a := Account{id, name, s.time()}
	return a, s.store.Update(ctx, func(tx Tx) error {
		switch _, err := tx.Account(id); {
		case err == nil:
			return fault.New(fault.Conflict, "account %s exists already", id)
		case !errors.Is(err, ErrNoRow):
			return err
		}
		return tx.InsertAccount(a)
	})
}

// Accounts gives the accounts that were made known, in the order of their ids.
func (s *Service) Accounts(ctx context.Context) ([]Account, error) {
	return view(ctx, s.store, Tx.Accounts)
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
