package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// verifyPage is how many guardrails Verify holds in memory at one time.
const verifyPage = 500

// Report is what Verify found in a data folder.
type Report struct {
	Guardrails int
	Versions   int
	// Sealed is how many configurations can only be read with a key, so that what they say was not compared with the columns beside it.
	Sealed int
	// Problems says what is wrong, one sentence each; nothing is wrong where it is empty.
	Problems []string
}

func (r *Report) add(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Verify checks the database in the data folder dir while no server has it open: SQLite's own integrity check, references
// between rows, that every configuration that is not sealed can be read and agrees with the columns beside it, and that version numbers are
// ones that were given out. A folder of an older Merlon is upgraded first, as a start would. The error is for what kept it from looking; what it saw is in the report.
func Verify(ctx context.Context, dir string) (_ Report, err error) {
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil {
		return Report{}, fmt.Errorf("find database: %w", err)
	}
	s, err := Open(ctx, dir)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var report Report
	if err := report.pragma(ctx, s.reads, "PRAGMA integrity_check", "ok"); err != nil {
		return report, err
	}
	if err := report.pragma(ctx, s.reads, "PRAGMA foreign_key_check", ""); err != nil {
		return report, err
	}
	err = s.view(ctx, report.rows)
	return report, err
}

// pragma runs a check of SQLite's own, which gives a row for each problem and a single row healthy where there is none.
func (r *Report) pragma(ctx context.Context, pool *sql.DB, check, healthy string) error {
	rows, err := pool.QueryContext(ctx, check)
	if err != nil {
		return fmt.Errorf("%s: %w", check, err)
	}
	defer func() { _ = rows.Close() }() // Err below tells of everything that Close would
	columns, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("%s: %w", check, err)
	}
	for rows.Next() {
		var first sql.NullString
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		values[0] = &first
		if err := rows.Scan(values...); err != nil {
			return fmt.Errorf("%s: %w", check, err)
		}
		if first.String != healthy || healthy == "" {
			r.add("%s: %s", check, first.String)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", check, err)
	}
	return nil
}

// rows checks every guardrail and its versions.
func (r *Report) rows(ctx context.Context, q *db.Queries) error {
	for after := int64(0); ; {
		drafts, err := q.VerifyDrafts(ctx, db.VerifyDraftsParams{Seq: after, Limit: verifyPage})
		if err != nil {
			return fmt.Errorf("read guardrails: %w", err)
		}
		for _, draft := range drafts {
			scope := guardrail.Scope{Partition: arn.PartitionOf(draft.Region), Region: draft.Region, Account: draft.Account}
			r.Guardrails++
			r.row(draftRow(scope, draft))
			versions, err := q.VerifyVersions(ctx, db.VerifyVersionsParams{Account: draft.Account, Region: draft.Region, ID: draft.ID})
			if err != nil {
				return fmt.Errorf("read versions: %w", err)
			}
			for _, version := range versions {
				r.Versions++
				r.row(versionRow(scope, version))
				if version.Version > draft.LastVersion {
					r.add("%s: version %d is above the last one given out, %d", scope.ARN(draft.ID), version.Version, draft.LastVersion)
				}
			}
			after = draft.Seq
		}
		if len(drafts) < verifyPage {
			return nil
		}
	}
}

// row checks that a configuration can be read and that what lists show of it is what it says.
func (r *Report) row(row guardrail.Row) {
	if guardrail.Sealed(row.Config) {
		r.Sealed++
		return
	}
	config, err := guardrail.DecodeConfig(row.Config)
	switch {
	case err != nil:
		r.add("%s version %s: %v", row.ARN(), row.Version, err)
	case config.Name != row.Name, config.Description != row.Description, config.ProfileID != row.ProfileID, config.KMSKeyARN != row.KMSKeyARN:
		r.add("%s version %s: the configuration differs from the columns beside it", row.ARN(), row.Version)
	}
}
