package guardrail

import (
	"context"

	"merlon.dev/merlon/internal/fault"
)

// maxVersion is the largest number that the wire form of a version admits.
const maxVersion Version = 99_999_999

// CreateVersionInput is a snapshot to be made of a guardrail's draft.
type CreateVersionInput struct {
	Identifier  string // id or ARN
	Description string // of the version; empty means that it has none, whatever the draft's is
	Token       string // client request token, or empty
}

// CreateVersion freezes the draft as the next numbered version. Numbers start at 1 and are never given out twice, not even
// after a version was deleted. An unchanged draft may be frozen again.
func (s *Service) CreateVersion(ctx context.Context, scope Scope, in CreateVersionInput) (Receipt, error) {
	id, err := ParseIdentifier(scope, in.Identifier)
	if err != nil {
		return Receipt{}, err
	}
	print, err := fingerprint(id, in.Description)
	if err != nil {
		return Receipt{}, err
	}
	now := s.time()
	token := Token{Receipt: Receipt{Scope: scope}, Operation: "CreateGuardrailVersion", Value: in.Token, Fingerprint: print}
	return update(ctx, s.store, func(tx Tx) (Receipt, error) {
		return once(tx, token, now, func() (Receipt, error) {
			draft, err := tx.Draft(scope, id)
			if err != nil {
				return Receipt{}, orNotFound(err, errGuardrailNotFound())
			}
			if err := s.checkVersions(tx, draft.Summary); err != nil {
				return Receipt{}, err
			}
			number := draft.LastVersion + 1
			snapshot, err := draft.guardrail()
			if err != nil {
				return Receipt{}, err
			}
			snapshot.Version, snapshot.LastVersion, snapshot.Description = number, 0, in.Description
			snapshot.CreatedAt, snapshot.UpdatedAt = now, now
			row, err := snapshot.row()
			if err != nil {
				return Receipt{}, err
			}
			if err := tx.InsertVersion(row); err != nil {
				return Receipt{}, err
			}
			draft.LastVersion = number
			return Receipt{Scope: scope, ID: id, Version: number, At: now}, tx.ReplaceDraft(draft)
		})
	})
}

// checkVersions refuses a further version of a draft that has reached a limit.
func (s *Service) checkVersions(tx Tx, draft Summary) error {
	if draft.LastVersion >= maxVersion {
		return fault.New(fault.OverQuota, "The guardrail has used up its version numbers.")
	}
	if s.limits.Versions == 0 {
		return nil
	}
	n, err := tx.CountVersions(draft.Scope, draft.ID)
	if err != nil {
		return err
	}
	if n >= s.limits.Versions {
		return fault.New(fault.OverQuota, "The guardrail has reached the maximum of %d versions.", s.limits.Versions)
	}
	return nil
}
