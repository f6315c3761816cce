package sqlite

import (
	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func (t *guardrailTx) Draft(scope guardrail.Scope, id string) (guardrail.Row, error) {
	r, err := t.queries.GetDraft(t.ctx, db.GetDraftParams{Account: scope.Account, Region: scope.Region, ID: id})
	if err != nil {
		return guardrail.Row{}, failed("read draft", err)
	}
	return draftRow(scope, r), nil
}

func draftRow(scope guardrail.Scope, r db.Guardrail) guardrail.Row {
	summary := draftSummary(scope, db.ListDraftsRow{
		Seq: r.Seq, ID: r.ID, Name: r.Name, Description: r.Description, ProfileID: r.ProfileID, KmsKeyArn: r.KmsKeyArn,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Revision: r.Revision, LastVersion: r.LastVersion,
	})
	return guardrail.Row{Summary: summary, Config: r.Config}
}

func draftSummary(scope guardrail.Scope, r db.ListDraftsRow) guardrail.Summary {
	return guardrail.Summary{
		Scope: scope, ID: r.ID, Version: guardrail.Draft, Name: r.Name, Description: r.Description, ProfileID: r.ProfileID,
		KMSKeyARN: r.KmsKeyArn, CreatedAt: restored(r.CreatedAt), UpdatedAt: restored(r.UpdatedAt), Revision: r.Revision,
		LastVersion: guardrail.Version(r.LastVersion), Sequence: r.Seq,
	}
}

func (t *guardrailTx) DraftSummary(scope guardrail.Scope, id string) (guardrail.Summary, error) {
	r, err := t.queries.GetDraftSummary(t.ctx, db.GetDraftSummaryParams{Account: scope.Account, Region: scope.Region, ID: id})
	if err != nil {
		return guardrail.Summary{}, failed("read draft summary", err)
	}
	return draftSummary(scope, db.ListDraftsRow(r)), nil
}

func (t *guardrailTx) DraftNamed(scope guardrail.Scope, name string) (string, error) {
	id, err := t.queries.GetDraftNamed(t.ctx, db.GetDraftNamedParams{Account: scope.Account, Region: scope.Region, Name: name})
	return id, failed("find draft by name", err)
}

func (t *guardrailTx) Drafts(scope guardrail.Scope, after int64, limit int) ([]guardrail.Summary, error) {
	rows, err := t.queries.ListDrafts(t.ctx, db.ListDraftsParams{
		Account: scope.Account, Region: scope.Region, Seq: after, Limit: int64(limit),
	})
	if err != nil {
		return nil, failed("list drafts", err)
	}
	drafts := make([]guardrail.Summary, len(rows))
	for i, r := range rows {
		drafts[i] = draftSummary(scope, r)
	}
	return drafts, nil
}

func (t *guardrailTx) AllDrafts(after int64, limit int) ([]guardrail.Row, error) {
	rows, err := t.queries.AllDrafts(t.ctx, db.AllDraftsParams{Seq: after, Limit: int64(limit)})
	if err != nil {
		return nil, failed("list all drafts", err)
	}
	drafts := make([]guardrail.Row, len(rows))
	for i, r := range rows {
		drafts[i] = draftRow(guardrail.Scope{Partition: arn.PartitionOf(r.Region), Region: r.Region, Account: r.Account}, r)
	}
	return drafts, nil
}

func (t *guardrailTx) CountDrafts(scope guardrail.Scope) (int, error) {
	n, err := t.queries.CountDrafts(t.ctx, db.CountDraftsParams{Account: scope.Account, Region: scope.Region})
	return int(n), failed("count drafts", err)
}

func (t *guardrailTx) InsertDraft(row guardrail.Row) error {
	if err := t.writing("insert draft"); err != nil {
		return err
	}
	return failed("insert draft", t.queries.InsertDraft(t.ctx, db.InsertDraftParams{
		Account: row.Account, Region: row.Region, ID: row.ID, Name: row.Name, Description: row.Description,
		ProfileID: row.ProfileID, KmsKeyArn: row.KMSKeyARN, CreatedAt: stored(row.CreatedAt), UpdatedAt: stored(row.UpdatedAt),
		Revision: row.Revision, LastVersion: int64(row.LastVersion), Config: row.Config,
	}))
}

func (t *guardrailTx) ReplaceDraft(row guardrail.Row) error {
	if err := t.writing("replace draft"); err != nil {
		return err
	}
	n, err := t.queries.ReplaceDraft(t.ctx, db.ReplaceDraftParams{
		Name: row.Name, Description: row.Description, ProfileID: row.ProfileID, KmsKeyArn: row.KMSKeyARN,
		UpdatedAt: stored(row.UpdatedAt), Revision: row.Revision, LastVersion: int64(row.LastVersion), Config: row.Config,
		Account: row.Account, Region: row.Region, ID: row.ID,
	})
	return changed("replace draft", n, err)
}

func (t *guardrailTx) SetLastVersion(scope guardrail.Scope, id string, last guardrail.Version) error {
	if err := t.writing("set last version"); err != nil {
		return err
	}
	n, err := t.queries.SetLastVersion(t.ctx, db.SetLastVersionParams{
		LastVersion: int64(last), Account: scope.Account, Region: scope.Region, ID: id,
	})
	return changed("set last version", n, err)
}

// DeleteGuardrail leaves versions and tags to the foreign keys.
func (t *guardrailTx) DeleteGuardrail(scope guardrail.Scope, id string) error {
	if err := t.writing("delete guardrail"); err != nil {
		return err
	}
	n, err := t.queries.DeleteDraft(t.ctx, db.DeleteDraftParams{Account: scope.Account, Region: scope.Region, ID: id})
	return changed("delete guardrail", n, err)
}
