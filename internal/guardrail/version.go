package guardrail

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// maxVersion is the largest number that the wire form of a version admits.
const maxVersion Version = 99_999_999

// snapshotTries is how often the draft may change, or another version take the number, under a request to freeze it.
const snapshotTries = 64

var errStale = errors.New("the draft has changed since the snapshot was made")

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
	// The snapshot is made before the transaction, which all writers share, so that it has to be made again where the draft
	// changes in between.
	for range snapshotTries {
		snapshot, err := s.snapshot(ctx, scope, id, in.Description, now)
		if err != nil {
			return Receipt{}, err
		}
		receipt, err := update(ctx, s.store, func(tx Tx) (Receipt, error) {
			return once(tx, token, now, func() (Receipt, error) { return s.insertVersion(tx, snapshot) })
		})
		if !errors.Is(err, errStale) {
			return receipt, err
		}
	}
	return Receipt{}, fault.New(fault.Conflict, "The guardrail is being changed by other requests. Try again.")
}

// snapshot gives the draft as the version that would follow now. Where there is no draft it gives a row without revision: a
// token may still know an answer.
func (s *Service) snapshot(ctx context.Context, scope Scope, id, description string, now time.Time) (Row, error) {
	draft, err := view(ctx, s.store, func(tx Tx) (Row, error) { return tx.Draft(scope, id) })
	if errors.Is(err, ErrNoRow) {
		return Row{Summary: Summary{Scope: scope, ID: id}}, nil
	}
	if err != nil {
		return Row{}, err
	}
	version, err := s.open(ctx, draft)
	if err != nil {
		return Row{}, err
	}
	version.Description, version.LastVersion = description, 0
	version.CreatedAt, version.UpdatedAt = now, now
	version.Version = draft.LastVersion + 1 // the configuration is sealed for the number that it will have
	return s.seal(ctx, version)
}

// insertVersion adds the snapshot, or gives errStale where it is not of the present draft or its number is taken.
func (s *Service) insertVersion(tx Tx, snapshot Row) (Receipt, error) {
	draft, err := tx.DraftSummary(snapshot.Scope, snapshot.ID)
	if err != nil {
		return Receipt{}, orNotFound(err, errGuardrailNotFound())
	}
	if draft.Revision != snapshot.Revision || draft.LastVersion+1 != snapshot.Version {
		return Receipt{}, errStale
	}
	if err := s.checkVersions(tx, draft); err != nil {
		return Receipt{}, err
	}
	if err := tx.InsertVersion(snapshot); err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Scope: snapshot.Scope, ID: snapshot.ID, Version: snapshot.Version, At: snapshot.CreatedAt}
	return receipt, tx.SetLastVersion(snapshot.Scope, snapshot.ID, snapshot.Version)
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
