package sqlite

import (
	"time"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func principal(r db.IamPrincipal) iam.Principal {
	return iam.Principal{
		Account: r.Account, Kind: iam.Kind(r.Kind), ID: r.ID, Name: r.Name, Path: r.Path, CreatedAt: restored(r.CreatedAt), Boundary: r.Boundary,
		Trust: r.Trust, Description: r.Description, MaxSession: time.Duration(r.MaxSession) * time.Second,
		LastUsedAt: restoredOrNever(r.LastUsedAt), LastRegion: r.LastRegion,
	}
}

func (t *iamTx) Principal(account string, kind iam.Kind, name string) (iam.Principal, error) {
	r, err := t.queries.GetPrincipal(t.ctx, db.GetPrincipalParams{Account: account, Kind: string(kind), Name: name})
	return principal(r), iamFailed("read principal", err)
}

func (t *iamTx) PrincipalByID(id string) (iam.Principal, error) {
	r, err := t.queries.GetPrincipalByID(t.ctx, id)
	return principal(r), iamFailed("read principal", err)
}

func (t *iamTx) Principals(account string, kind iam.Kind, prefix, after string, limit int) ([]iam.Principal, error) {
	rows, err := t.queries.ListPrincipals(t.ctx, db.ListPrincipalsParams{
		Account: account, Kind: string(kind), After: after, Prefix: prefix, Most: int64(limit),
	})
	return each("list principals", rows, err, principal)
}

func (t *iamTx) CountPrincipals(account string, kind iam.Kind) (int, error) {
	n, err := t.queries.CountPrincipals(t.ctx, db.CountPrincipalsParams{Account: account, Kind: string(kind)})
	return int(n), iamFailed("count principals", err)
}

func (t *iamTx) InsertPrincipal(p iam.Principal) error {
	return t.write("insert principal", func() error {
		return t.queries.InsertPrincipal(t.ctx, db.InsertPrincipalParams{
			ID: p.ID, Account: p.Account, Kind: string(p.Kind), Name: p.Name, Path: p.Path, CreatedAt: stored(p.CreatedAt), Boundary: p.Boundary,
			Trust: p.Trust, Description: p.Description, MaxSession: int64(p.MaxSession / time.Second),
			LastUsedAt: storedOrNever(p.LastUsedAt), LastRegion: p.LastRegion,
		})
	})
}

func (t *iamTx) ReplacePrincipal(p iam.Principal) error {
	return t.change("replace principal", func() (int64, error) {
		return t.queries.ReplacePrincipal(t.ctx, db.ReplacePrincipalParams{
			Name: p.Name, Path: p.Path, Boundary: p.Boundary, Trust: p.Trust, Description: p.Description,
			MaxSession: int64(p.MaxSession / time.Second), ID: p.ID,
		})
	})
}

// DeletePrincipal leaves inline policies, attachments and memberships to the foreign keys.
func (t *iamTx) DeletePrincipal(id string) error {
	return t.deleteTagged("delete principal", id, func() (int64, error) { return t.queries.DeletePrincipal(t.ctx, id) })
}

// deleteTagged deletes an owner of tags, and them.
func (t *iamTx) deleteTagged(what, id string, statement func() (int64, error)) error {
	if err := t.change(what, statement); err != nil {
		return err
	}
	return t.write(what, func() error { return t.queries.DeleteOwnerTags(t.ctx, id) })
}

func (t *iamTx) Groups(user string) ([]iam.Principal, error) {
	rows, err := t.queries.ListGroupsOfUser(t.ctx, user)
	return each("list groups of user", rows, err, principal)
}

func (t *iamTx) Members(group string) ([]iam.Principal, error) {
	rows, err := t.queries.ListMembers(t.ctx, group)
	return each("list members", rows, err, principal)
}

func (t *iamTx) PutMember(group, user string) error {
	return t.write("put member", func() error { return t.queries.PutMember(t.ctx, db.PutMemberParams{GroupID: group, UserID: user}) })
}

func (t *iamTx) DeleteMember(group, user string) error {
	return t.write("delete member", func() error {
		return t.queries.DeleteMember(t.ctx, db.DeleteMemberParams{GroupID: group, UserID: user})
	})
}

func (t *iamTx) Inlines(owner string) ([]iam.Inline, error) {
	rows, err := t.queries.ListInlines(t.ctx, owner)
	return each("list inline policies", rows, err, func(r db.ListInlinesRow) iam.Inline { return iam.Inline(r) })
}

func (t *iamTx) PutInline(owner string, p iam.Inline) error {
	return t.write("put inline policy", func() error {
		return t.queries.PutInline(t.ctx, db.PutInlineParams{Owner: owner, Name: p.Name, Document: p.Document})
	})
}

func (t *iamTx) DeleteInline(owner, name string) error {
	return t.change("delete inline policy", func() (int64, error) {
		return t.queries.DeleteInline(t.ctx, db.DeleteInlineParams{Owner: owner, Name: name})
	})
}

func (t *iamTx) Attachments(owner string) ([]string, error) {
	rows, err := t.queries.ListAttachments(t.ctx, owner)
	return each("list attachments", rows, err, func(arn string) string { return arn })
}

func (t *iamTx) Attach(owner, arn string) error {
	return t.write("attach policy", func() error { return t.queries.PutAttachment(t.ctx, db.PutAttachmentParams{Owner: owner, Arn: arn}) })
}

func (t *iamTx) Detach(owner, arn string) error {
	return t.change("detach policy", func() (int64, error) {
		return t.queries.DeleteAttachment(t.ctx, db.DeleteAttachmentParams{Owner: owner, Arn: arn})
	})
}

func (t *iamTx) Tags(owner string) ([]iam.Tag, error) {
	rows, err := t.queries.ListOwnerTags(t.ctx, owner)
	return each("list tags", rows, err, func(r db.ListOwnerTagsRow) iam.Tag { return iam.Tag(r) })
}

func (t *iamTx) PutTag(owner string, tag iam.Tag) error {
	return t.write("put tag", func() error {
		return t.queries.PutOwnerTag(t.ctx, db.PutOwnerTagParams{Owner: owner, Key: tag.Key, Value: tag.Value})
	})
}

func (t *iamTx) DeleteTag(owner, key string) error {
	return t.write("delete tag", func() error { return t.queries.DeleteOwnerTag(t.ctx, db.DeleteOwnerTagParams{Owner: owner, Key: key}) })
}
