package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func aliasOf(r db.KmsAlias) (kms.Alias, error) {
	return kms.Alias{
		Scope: kms.Scope{Partition: r.Partition, Region: r.Region, Account: r.Account}, Name: r.Name, Sequence: r.Seq, KeyID: r.KeyID,
		CreatedAt: restored(r.CreatedAt), UpdatedAt: restored(r.UpdatedAt),
	}, nil
}

func (t *kmsTx) Alias(scope kms.Scope, name string) (kms.Alias, error) {
	r, err := t.queries.GetKMSAlias(t.ctx, db.GetKMSAliasParams{Account: scope.Account, Region: scope.Region, Name: name})
	if err != nil {
		return kms.Alias{}, kmsFailed("read alias", err)
	}
	return aliasOf(r)
}

func (t *kmsTx) Aliases(scope kms.Scope, keyID string, after int64, limit int) ([]kms.Alias, error) {
	if keyID == "" {
		rows, err := t.queries.ListKMSAliases(t.ctx, db.ListKMSAliasesParams{
			Account: scope.Account, Region: scope.Region, Seq: after, Limit: int64(limit),
		})
		return listed("list aliases", rows, err, aliasOf)
	}
	rows, err := t.queries.ListKMSKeyAliases(t.ctx, db.ListKMSKeyAliasesParams{
		Account: scope.Account, Region: scope.Region, KeyID: keyID, Seq: after, Limit: int64(limit),
	})
	return listed("list aliases of a key", rows, err, aliasOf)
}

func (t *kmsTx) InsertAlias(a kms.Alias) error {
	return t.write("insert alias", func() error {
		return t.queries.InsertKMSAlias(t.ctx, db.InsertKMSAliasParams{
			Partition: a.Partition, Region: a.Region, Account: a.Account, Name: a.Name, KeyID: a.KeyID,
			CreatedAt: stored(a.CreatedAt), UpdatedAt: stored(a.UpdatedAt),
		})
	})
}

func (t *kmsTx) ReplaceAlias(a kms.Alias) error {
	return t.change("replace alias", func() (int64, error) {
		return t.queries.ReplaceKMSAlias(t.ctx, db.ReplaceKMSAliasParams{
			KeyID: a.KeyID, UpdatedAt: stored(a.UpdatedAt), Account: a.Account, Region: a.Region, Name: a.Name,
		})
	})
}

func (t *kmsTx) DeleteAlias(scope kms.Scope, name string) error {
	return t.change("delete alias", func() (int64, error) {
		return t.queries.DeleteKMSAlias(t.ctx, db.DeleteKMSAliasParams{Account: scope.Account, Region: scope.Region, Name: name})
	})
}

// grantOf reads the pairs of constraints from JSON, where null is none.
func grantOf(r db.KmsGrant) (kms.Grant, error) {
	g := kms.Grant{
		Scope: kms.Scope{Partition: r.Partition, Region: r.Region, Account: r.Account}, KeyID: r.KeyID, ID: r.ID, Sequence: r.Seq, Name: r.Name,
		CreatedAt: restored(r.CreatedAt), Grantee: r.Grantee, GranteeService: r.GranteeService, Retiring: r.Retiring,
		RetiringService: r.RetiringService, Issuer: r.Issuer, Constraints: kms.Constraints{SourceARN: r.SourceArn},
	}
	for _, o := range strings.Fields(r.Operations) {
		g.Operations = append(g.Operations, kms.Operation(o))
	}
	if err := json.Unmarshal([]byte(r.ContextEquals), &g.Constraints.Equals); err != nil {
		return kms.Grant{}, fmt.Errorf("constraints of grant %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.ContextSubset), &g.Constraints.Subset); err != nil {
		return kms.Grant{}, fmt.Errorf("constraints of grant %s: %w", r.ID, err)
	}
	return g, nil
}

func (t *kmsTx) Grant(region, keyID, id string) (kms.Grant, error) {
	r, err := t.queries.GetKMSGrant(t.ctx, db.GetKMSGrantParams{Region: region, KeyID: keyID, ID: id})
	if err != nil {
		return kms.Grant{}, kmsFailed("read grant", err)
	}
	return grantOf(r)
}

func (t *kmsTx) Grants(region, keyID string, after int64, limit int) ([]kms.Grant, error) {
	rows, err := t.queries.ListKMSGrants(t.ctx, db.ListKMSGrantsParams{Region: region, KeyID: keyID, Seq: after, Limit: int64(limit)})
	return listed("list grants", rows, err, grantOf)
}

func (t *kmsTx) RetirableGrants(scope kms.Scope, principal string, after int64, limit int) ([]kms.Grant, error) {
	if strings.HasPrefix(principal, "arn:") {
		rows, err := t.queries.ListRetirableKMSGrants(t.ctx, db.ListRetirableKMSGrantsParams{
			Account: scope.Account, Region: scope.Region, Retiring: principal, Seq: after, Limit: int64(limit),
		})
		return listed("list retirable grants", rows, err, grantOf)
	}
	rows, err := t.queries.ListServiceRetirableKMSGrants(t.ctx, db.ListServiceRetirableKMSGrantsParams{
		Account: scope.Account, Region: scope.Region, RetiringService: principal, Seq: after, Limit: int64(limit),
	})
	return listed("list retirable grants", rows, err, grantOf)
}

func (t *kmsTx) GrantsNamed(region, keyID, name string) ([]kms.Grant, error) {
	rows, err := t.queries.ListNamedKMSGrants(t.ctx, db.ListNamedKMSGrantsParams{Region: region, KeyID: keyID, Name: name})
	return listed("list grants by name", rows, err, grantOf)
}

func (t *kmsTx) CountGrants(region, keyID string) (int, error) {
	n, err := t.queries.CountKMSGrants(t.ctx, db.CountKMSGrantsParams{Region: region, KeyID: keyID})
	return int(n), kmsFailed("count grants", err)
}

func (t *kmsTx) InsertGrant(g kms.Grant) error {
	return t.write("insert grant", func() error {
		operations := make([]string, len(g.Operations))
		for i, o := range g.Operations {
			operations[i] = string(o)
		}
		equals, err := json.Marshal(g.Constraints.Equals)
		if err != nil {
			return err
		}
		subset, err := json.Marshal(g.Constraints.Subset)
		if err != nil {
			return err
		}
		return t.queries.InsertKMSGrant(t.ctx, db.InsertKMSGrantParams{
			Partition: g.Partition, Region: g.Region, Account: g.Account, KeyID: g.KeyID, ID: g.ID, Name: g.Name, CreatedAt: stored(g.CreatedAt),
			Grantee: g.Grantee, GranteeService: g.GranteeService, Retiring: g.Retiring, RetiringService: g.RetiringService, Issuer: g.Issuer,
			Operations: strings.Join(operations, " "), ContextEquals: string(equals), ContextSubset: string(subset),
			SourceArn: g.Constraints.SourceARN,
		})
	})
}

func (t *kmsTx) DeleteGrant(region, keyID, id string) error {
	return t.change("delete grant", func() (int64, error) {
		return t.queries.DeleteKMSGrant(t.ctx, db.DeleteKMSGrantParams{Region: region, KeyID: keyID, ID: id})
	})
}

func (t *kmsTx) Tags(region, keyID string) ([]kms.Tag, error) {
	rows, err := t.queries.ListKMSTags(t.ctx, db.ListKMSTagsParams{Region: region, KeyID: keyID})
	return listed("list tags", rows, err, func(r db.ListKMSTagsRow) (kms.Tag, error) { return kms.Tag(r), nil })
}

func (t *kmsTx) PutTag(region, keyID string, tag kms.Tag) error {
	return t.write("put tag", func() error {
		return t.queries.PutKMSTag(t.ctx, db.PutKMSTagParams{Region: region, KeyID: keyID, Key: tag.Key, Value: tag.Value})
	})
}

func (t *kmsTx) DeleteTag(region, keyID, key string) error {
	return t.write("delete tag", func() error {
		return t.queries.DeleteKMSTag(t.ctx, db.DeleteKMSTagParams{Region: region, KeyID: keyID, Key: key})
	})
}
