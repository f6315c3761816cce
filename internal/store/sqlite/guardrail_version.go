package sqlite

import (
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func (t *guardrailTx) Version(scope guardrail.Scope, id string, version guardrail.Version) (guardrail.Row, error) {
	r, err := t.queries.GetVersion(t.ctx, db.GetVersionParams{
		Account: scope.Account, Region: scope.Region, ID: id, Version: int64(version),
	})
	if err != nil {
		return guardrail.Row{}, failed("read version", err)
	}
	return versionRow(scope, r), nil
}

func versionRow(scope guardrail.Scope, r db.GuardrailVersion) guardrail.Row {
	summary := versionSummary(scope, db.ListVersionsRow{
		ID: r.ID, Version: r.Version, Name: r.Name, Description: r.Description, ProfileID: r.ProfileID, KmsKeyArn: r.KmsKeyArn,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Revision: r.Revision,
	})
	return guardrail.Row{Summary: summary, Config: r.Config}
}

func versionSummary(scope guardrail.Scope, r db.ListVersionsRow) guardrail.Summary {
	return guardrail.Summary{
		Scope: scope, ID: r.ID, Version: guardrail.Version(r.Version), Name: r.Name, Description: r.Description,
		ProfileID: r.ProfileID, KMSKeyARN: r.KmsKeyArn, CreatedAt: restored(r.CreatedAt), UpdatedAt: restored(r.UpdatedAt),
		Revision: r.Revision,
	}
}

func (t *guardrailTx) VersionSummary(scope guardrail.Scope, id string, version guardrail.Version) (guardrail.Summary, error) {
	r, err := t.queries.GetVersionSummary(t.ctx, db.GetVersionSummaryParams{
		Account: scope.Account, Region: scope.Region, ID: id, Version: int64(version),
	})
	if err != nil {
		return guardrail.Summary{}, failed("read version summary", err)
	}
	return versionSummary(scope, db.ListVersionsRow(r)), nil
}

func (t *guardrailTx) Versions(scope guardrail.Scope, id string, after guardrail.Version, limit int) ([]guardrail.Summary, error) {
	rows, err := t.queries.ListVersions(t.ctx, db.ListVersionsParams{
		Account: scope.Account, Region: scope.Region, ID: id, Version: int64(after), Limit: int64(limit),
	})
	if err != nil {
		return nil, failed("list versions", err)
	}
	versions := make([]guardrail.Summary, len(rows))
	for i, r := range rows {
		versions[i] = versionSummary(scope, r)
	}
	return versions, nil
}

func (t *guardrailTx) CountVersions(scope guardrail.Scope, id string) (int, error) {
	n, err := t.queries.CountVersions(t.ctx, db.CountVersionsParams{Account: scope.Account, Region: scope.Region, ID: id})
	return int(n), failed("count versions", err)
}

func (t *guardrailTx) InsertVersion(row guardrail.Row) error {
	if err := t.writing("insert version"); err != nil {
		return err
	}
	return failed("insert version", t.queries.InsertVersion(t.ctx, db.InsertVersionParams{
		Account: row.Account, Region: row.Region, ID: row.ID, Version: int64(row.Version), Name: row.Name,
		Description: row.Description, ProfileID: row.ProfileID, KmsKeyArn: row.KMSKeyARN, CreatedAt: stored(row.CreatedAt),
		UpdatedAt: stored(row.UpdatedAt), Revision: row.Revision, Config: row.Config,
	}))
}

func (t *guardrailTx) ReplaceVersionConfig(scope guardrail.Scope, id string, version guardrail.Version, config []byte) error {
	if err := t.writing("replace configuration of version"); err != nil {
		return err
	}
	n, err := t.queries.ReplaceVersionConfig(t.ctx, db.ReplaceVersionConfigParams{
		Config: config, Account: scope.Account, Region: scope.Region, ID: id, Version: int64(version),
	})
	return changed("replace configuration of version", n, err)
}

func (t *guardrailTx) DeleteVersion(scope guardrail.Scope, id string, version guardrail.Version) error {
	if err := t.writing("delete version"); err != nil {
		return err
	}
	n, err := t.queries.DeleteVersion(t.ctx, db.DeleteVersionParams{
		Account: scope.Account, Region: scope.Region, ID: id, Version: int64(version),
	})
	return changed("delete version", n, err)
}
