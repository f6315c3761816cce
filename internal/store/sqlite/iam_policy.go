package sqlite

import (
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func managedPolicy(r db.IamPolicy) iam.Policy {
	return iam.Policy{
		Account: r.Account, ID: r.ID, Name: r.Name, Path: r.Path, Description: r.Description, DefaultVersion: int(r.DefaultVersion),
		LastVersion: int(r.LastVersion), CreatedAt: restored(r.CreatedAt), UpdatedAt: restored(r.UpdatedAt),
	}
}

func (t *iamTx) Policy(account, name string) (iam.Policy, error) {
	r, err := t.queries.GetManagedPolicy(t.ctx, db.GetManagedPolicyParams{Account: account, Name: name})
	return managedPolicy(r), iamFailed("read policy", err)
}

func (t *iamTx) Policies(account, prefix, after string, limit int) ([]iam.Policy, error) {
	rows, err := t.queries.ListManagedPolicies(t.ctx, db.ListManagedPoliciesParams{Account: account, After: after, Prefix: prefix, Most: int64(limit)})
	return each("list policies", rows, err, managedPolicy)
}

func (t *iamTx) CountPolicies(account string) (int, error) {
	n, err := t.queries.CountManagedPolicies(t.ctx, account)
	return int(n), iamFailed("count policies", err)
}

func (t *iamTx) InsertPolicy(p iam.Policy) error {
	return t.write("insert policy", func() error {
		return t.queries.InsertManagedPolicy(t.ctx, db.InsertManagedPolicyParams{
			ID: p.ID, Account: p.Account, Name: p.Name, Path: p.Path, Description: p.Description, DefaultVersion: int64(p.DefaultVersion),
			LastVersion: int64(p.LastVersion), CreatedAt: stored(p.CreatedAt), UpdatedAt: stored(p.UpdatedAt),
		})
	})
}

func (t *iamTx) ReplacePolicy(p iam.Policy) error {
	return t.change("replace policy", func() (int64, error) {
		return t.queries.ReplaceManagedPolicy(t.ctx, db.ReplaceManagedPolicyParams{
			DefaultVersion: int64(p.DefaultVersion), LastVersion: int64(p.LastVersion), UpdatedAt: stored(p.UpdatedAt), ID: p.ID,
		})
	})
}

// DeletePolicy leaves versions to the foreign keys.
func (t *iamTx) DeletePolicy(id string) error {
	return t.deleteTagged("delete policy", id, func() (int64, error) { return t.queries.DeleteManagedPolicy(t.ctx, id) })
}

func (t *iamTx) Version(id string, number int) (iam.Version, error) {
	r, err := t.queries.GetPolicyVersion(t.ctx, db.GetPolicyVersionParams{Policy: id, Version: int64(number)})
	return policyVersion(db.ListPolicyVersionsRow(r)), iamFailed("read policy version", err)
}

func policyVersion(r db.ListPolicyVersionsRow) iam.Version {
	return iam.Version{Number: int(r.Version), Document: r.Document, CreatedAt: restored(r.CreatedAt)}
}

func (t *iamTx) Versions(id string) ([]iam.Version, error) {
	rows, err := t.queries.ListPolicyVersions(t.ctx, id)
	return each("list policy versions", rows, err, policyVersion)
}

func (t *iamTx) InsertVersion(id string, v iam.Version) error {
	return t.write("insert policy version", func() error {
		return t.queries.InsertPolicyVersion(t.ctx, db.InsertPolicyVersionParams{
			Policy: id, Version: int64(v.Number), Document: v.Document, CreatedAt: stored(v.CreatedAt),
		})
	})
}

func (t *iamTx) DeleteVersion(id string, number int) error {
	return t.change("delete policy version", func() (int64, error) {
		return t.queries.DeletePolicyVersion(t.ctx, db.DeletePolicyVersionParams{Policy: id, Version: int64(number)})
	})
}

func (t *iamTx) Attached(account, arn string) ([]iam.Principal, error) {
	rows, err := t.queries.ListPolicyAttached(t.ctx, db.ListPolicyAttachedParams{Arn: arn, Account: account})
	return each("list who has a policy", rows, err, principal)
}

func (t *iamTx) Bounded(account, arn string) ([]iam.Principal, error) {
	rows, err := t.queries.ListPolicyBounded(t.ctx, db.ListPolicyBoundedParams{Account: account, Boundary: arn})
	return each("list whom a policy bounds", rows, err, principal)
}
