package sqlite

import (
	"fmt"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func (t *guardrailTx) Token(scope guardrail.Scope, operation, token string) (guardrail.Token, error) {
	r, err := t.queries.GetToken(t.ctx, db.GetTokenParams{
		Account: scope.Account, Region: scope.Region, Operation: operation, Token: token,
	})
	if err != nil {
		return guardrail.Token{}, failed("read token", err)
	}
	used := guardrail.Token{
		Receipt:   guardrail.Receipt{Scope: scope, ID: r.ID, Version: guardrail.Version(r.Version), At: restored(r.At)},
		Operation: r.Operation, Value: r.Token, ExpiresAt: restored(r.ExpiresAt),
	}
	if copy(used.Fingerprint[:], r.Fingerprint) != len(used.Fingerprint) {
		return guardrail.Token{}, fmt.Errorf("read token: fingerprint of %d bytes", len(r.Fingerprint))
	}
	return used, nil
}

func (t *guardrailTx) PutToken(token guardrail.Token) error {
	if err := t.writing("put token"); err != nil {
		return err
	}
	return failed("put token", t.queries.PutToken(t.ctx, db.PutTokenParams{
		Account: token.Account, Region: token.Region, Operation: token.Operation, Token: token.Value,
		Fingerprint: token.Fingerprint[:], ID: token.ID, Version: int64(token.Version), At: stored(token.At),
		ExpiresAt: stored(token.ExpiresAt),
	}))
}

func (t *guardrailTx) DropTokens(before time.Time, limit int) error {
	if err := t.writing("drop tokens"); err != nil {
		return err
	}
	return failed("drop tokens", t.queries.DropTokens(t.ctx, db.DropTokensParams{Before: stored(before), Most: int64(limit)}))
}
