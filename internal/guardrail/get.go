package guardrail

import "context"

// Get gives one version of a guardrail, which identifier names by id or ARN. A guardrail or version that does not exist is a
// fault of kind NotFound.
func (s *Service) Get(ctx context.Context, scope Scope, identifier string, version Version) (Guardrail, error) {
	id, err := ParseIdentifier(scope, identifier)
	if err != nil {
		return Guardrail{}, err
	}
	row, err := view(ctx, s.store, func(tx Tx) (Row, error) {
		if version == Draft {
			row, err := tx.Draft(scope, id)
			return row, orNotFound(err, errGuardrailNotFound())
		}
		row, err := tx.Version(scope, id, version)
		return row, orNotFound(err, errVersionNotFound())
	})
	if err != nil {
		return Guardrail{}, err
	}
	return s.open(ctx, row)
}

// Summary gives what Get does without the configuration. It is cheap enough to ask, before each use of a compiled form,
// whether the revision is still the same.
func (s *Service) Summary(ctx context.Context, scope Scope, identifier string, version Version) (Summary, error) {
	id, err := ParseIdentifier(scope, identifier)
	if err != nil {
		return Summary{}, err
	}
	return view(ctx, s.store, func(tx Tx) (Summary, error) {
		if version == Draft {
			summary, err := tx.DraftSummary(scope, id)
			return summary, orNotFound(err, errGuardrailNotFound())
		}
		summary, err := tx.VersionSummary(scope, id, version)
		return summary, orNotFound(err, errVersionNotFound())
	})
}
