package guardrail

import (
	"errors"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// TokenLifetime is how long a client request token is remembered. AWS publishes none; a day is longer than any client retries.
const TokenLifetime = 24 * time.Hour

// tokensDropped is how many expired tokens a write takes with it: more than it adds, so that they cannot pile up.
const tokensDropped = 4

// once runs act unless token was used before for the same request: then it gives the first receipt again and does nothing.
// The first receipt is given even if the guardrail has changed or gone since. An empty token is never remembered.
func once(tx Tx, token Token, now time.Time, act func() (Receipt, error)) (Receipt, error) {
	if token.Value == "" {
		return act()
	}
	used, err := tx.Token(token.Scope, token.Operation, token.Value)
	switch {
	case errors.Is(err, ErrNoRow):
	case err != nil:
		return Receipt{}, err
	case !used.ExpiresAt.After(now):
	case used.Fingerprint != token.Fingerprint:
		return Receipt{}, fault.New(fault.Conflict,
			"The clientRequestToken %s was already used in another request with different parameters.", token.Value)
	default:
		return used.Receipt, nil
	}
	receipt, err := act()
	if err != nil {
		return Receipt{}, err
	}
	token.Receipt, token.ExpiresAt = receipt, now.Add(TokenLifetime)
	if err := tx.PutToken(token); err != nil {
		return Receipt{}, err
	}
	return receipt, tx.DropTokens(now, tokensDropped)
}
