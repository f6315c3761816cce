package guardrail

import (
	"context"

	"merlon.dev/merlon/internal/fault"
)

// ListInput says what to list.
type ListInput struct {
	Identifier string // id or ARN of the guardrail whose versions to list; empty lists the drafts of all
	Limit      int    // entries at most, at least 1
	// After is the Next of the page before, or 0 for the first page.
	After int64
}

// Page is a part of a list.
type Page struct {
	Entries []Summary
	Next    int64 // position for ListInput.After, or 0 on the last page
}

// List gives one entry a guardrail, its draft, in the order of their creation; or with an identifier the draft and all
// versions of that guardrail, the draft first and the numbers rising. What is created or deleted between two pages never
// makes an entry come twice or another one be left out.
func (s *Service) List(ctx context.Context, scope Scope, in ListInput) (Page, error) {
	if in.Limit < 1 {
		return Page{}, fault.New(fault.Invalid, "A page needs room for at least one entry.")
	}
	if in.Identifier == "" {
		return view(ctx, s.store, func(tx Tx) (Page, error) {
			entries, err := tx.Drafts(scope, in.After, in.Limit+1)
			return page(entries, in.Limit, func(last Summary) int64 { return last.Sequence }), err
		})
	}
	id, err := ParseIdentifier(scope, in.Identifier)
	if err != nil {
		return Page{}, err
	}
	return view(ctx, s.store, func(tx Tx) (Page, error) {
		return versionPage(tx, scope, id, in)
	})
}

// versionPage lists the draft as if its number were 0. Position n+1 follows version n, so that 0 stays free for the beginning.
func versionPage(tx Tx, scope Scope, id string, in ListInput) (Page, error) {
	draft, err := tx.DraftSummary(scope, id)
	if err != nil {
		return Page{}, orNotFound(err, errGuardrailNotFound())
	}
	var entries []Summary
	after := Version(in.After - 1)
	if in.After == 0 {
		entries, after = append(entries, draft), Draft
	}
	versions, err := tx.Versions(scope, id, after, in.Limit+1-len(entries))
	if err != nil {
		return Page{}, err
	}
	return page(append(entries, versions...), in.Limit, func(last Summary) int64 { return int64(last.Version) + 1 }), nil
}

// page cuts entries, of which there is one too many if more follow, to limit.
func page(entries []Summary, limit int, position func(last Summary) int64) Page {
	if len(entries) <= limit {
		return Page{Entries: entries}
	}
	entries = entries[:limit]
	return Page{Entries: entries, Next: position(entries[limit-1])}
}
