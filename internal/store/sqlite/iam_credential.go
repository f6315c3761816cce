package sqlite

import (
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func accessKey(r db.IamKey) iam.AccessKey {
	return iam.AccessKey{
		ID: r.ID, Account: r.Account, Owner: r.Owner, Status: iam.Status(r.Status), CreatedAt: restored(r.CreatedAt),
		LastUsedAt: restoredOrNever(r.LastUsedAt), LastRegion: r.LastRegion, LastFor: r.LastService,
	}
}

func (t *iamTx) Key(id string) (iam.AccessKey, []byte, error) {
	r, err := t.queries.GetAccessKey(t.ctx, id)
	return accessKey(r), r.Secret, iamFailed("read access key", err)
}

func (t *iamTx) Keys(account, owner string) ([]iam.AccessKey, error) {
	rows, err := t.queries.ListAccessKeys(t.ctx, db.ListAccessKeysParams{Account: account, Owner: owner})
	return each("list access keys", rows, err, accessKey)
}

func (t *iamTx) AllKeys(after int64, limit int) ([]iam.SealedSecret, error) {
	rows, err := t.queries.AllAccessKeys(t.ctx, db.AllAccessKeysParams{Seq: after, Limit: int64(limit)})
	return each("list all access keys", rows, err, func(r db.IamKey) iam.SealedSecret {
		return iam.SealedSecret{Sequence: r.Seq, Account: r.Account, ID: r.ID, Sealed: r.Secret}
	})
}

func (t *iamTx) InsertKey(key iam.AccessKey, sealed []byte) error {
	return t.write("insert access key", func() error {
		return t.queries.InsertAccessKey(t.ctx, db.InsertAccessKeyParams{
			ID: key.ID, Account: key.Account, Owner: key.Owner, Status: string(key.Status), CreatedAt: stored(key.CreatedAt),
			LastUsedAt: storedOrNever(key.LastUsedAt), LastRegion: key.LastRegion, LastService: key.LastFor, Secret: sealed,
		})
	})
}

func (t *iamTx) SetKeyStatus(id string, status iam.Status) error {
	return t.change("set status of access key", func() (int64, error) {
		return t.queries.SetAccessKeyStatus(t.ctx, db.SetAccessKeyStatusParams{Status: string(status), ID: id})
	})
}

func (t *iamTx) ReplaceKeySecret(id string, sealed []byte) error {
	return t.change("replace secret of access key", func() (int64, error) {
		return t.queries.ReplaceAccessKeySecret(t.ctx, db.ReplaceAccessKeySecretParams{Secret: sealed, ID: id})
	})
}

func (t *iamTx) DeleteKey(id string) error {
	return t.change("delete access key", func() (int64, error) { return t.queries.DeleteAccessKey(t.ctx, id) })
}

func serviceCredential(r db.IamServiceCredential) iam.ServiceCredential {
	return iam.ServiceCredential{
		ID: r.ID, Account: r.Account, Owner: r.Owner, Service: r.Service, Alias: r.Alias, Status: iam.Status(r.Status),
		CreatedAt: restored(r.CreatedAt), ExpiresAt: restoredOrNever(r.ExpiresAt),
	}
}

func (t *iamTx) ServiceCredential(id string) (iam.ServiceCredential, error) {
	r, err := t.queries.GetServiceCredential(t.ctx, id)
	return serviceCredential(r), iamFailed("read service credential", err)
}

func (t *iamTx) ServiceCredentialByAlias(alias string) (iam.ServiceCredential, []byte, error) {
	r, err := t.queries.GetServiceCredentialByAlias(t.ctx, alias)
	return serviceCredential(r), r.Secret, iamFailed("read service credential", err)
}

func (t *iamTx) ServiceCredentials(account, owner string) ([]iam.ServiceCredential, error) {
	rows, err := t.queries.ListServiceCredentials(t.ctx, db.ListServiceCredentialsParams{Account: account, Owner: owner})
	return each("list service credentials", rows, err, serviceCredential)
}

func (t *iamTx) AllServiceCredentials(after int64, limit int) ([]iam.SealedSecret, error) {
	rows, err := t.queries.AllServiceCredentials(t.ctx, db.AllServiceCredentialsParams{Seq: after, Limit: int64(limit)})
	return each("list all service credentials", rows, err, func(r db.IamServiceCredential) iam.SealedSecret {
		return iam.SealedSecret{Sequence: r.Seq, Account: r.Account, ID: r.ID, Sealed: r.Secret}
	})
}

func (t *iamTx) InsertServiceCredential(c iam.ServiceCredential, sealed []byte) error {
	return t.write("insert service credential", func() error {
		return t.queries.InsertServiceCredential(t.ctx, db.InsertServiceCredentialParams{
			ID: c.ID, Account: c.Account, Owner: c.Owner, Service: c.Service, Alias: c.Alias, Status: string(c.Status),
			CreatedAt: stored(c.CreatedAt), ExpiresAt: storedOrNever(c.ExpiresAt), Secret: sealed,
		})
	})
}

func (t *iamTx) SetServiceCredentialStatus(id string, status iam.Status) error {
	return t.change("set status of service credential", func() (int64, error) {
		return t.queries.SetServiceCredentialStatus(t.ctx, db.SetServiceCredentialStatusParams{Status: string(status), ID: id})
	})
}

func (t *iamTx) ReplaceServiceSecret(id string, sealed []byte) error {
	return t.change("replace secret of service credential", func() (int64, error) {
		return t.queries.ReplaceServiceCredentialSecret(t.ctx, db.ReplaceServiceCredentialSecretParams{Secret: sealed, ID: id})
	})
}

func (t *iamTx) DeleteServiceCredential(id string) error {
	return t.change("delete service credential", func() (int64, error) { return t.queries.DeleteServiceCredential(t.ctx, id) })
}
