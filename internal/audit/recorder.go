package audit

import (
	"slices"

	"merlon.dev/merlon/internal/audit/journal"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/ident"
)

// Journal is where records go.
type Journal interface {
	// Ready reports why a record could not be written now, if so.
	Ready() error
	// Append adds records, all or none, and returns when they are as durable as asked.
	Append(d journal.Durability, records ...[]byte) error
}

// Recorder writes the record of each call. It is safe for concurrent use.
type Recorder struct{ journal Journal }

// NewRecorder makes a recorder that writes to j.
func NewRecorder(j Journal) *Recorder { return &Recorder{j} }

// Begin is called before a call acts. It fails where its record could not be written.
func (r *Recorder) Begin() error { return r.journal.Ready() }

// End writes the record of a call, in the end as durable as its effect asks: a changing call's is on disk when End returns. Of the
// resources it takes those that are whole ARNs.
func (r *Recorder) End(e Event) error {
	d := journal.Durable
	if e.ReadOnly {
		d = journal.Written
	}
	e.Resources = whole(e.Resources)
	if e.ID == "" {
		e.ID = ident.UUID()
	}
	owners := e.owners()
	if e.ErrorCode != "" || len(owners) == 0 {
		// What failed tells the owner of a resource nothing, or anybody could fill a stranger's records.
		return r.append(d, encode(make([]byte, 0, 1024), &e, view{id: e.ID, recipient: e.Account}))
	}
	shared := ident.UUID()
	records := [][]byte{encode(nil, &e, view{id: e.ID, recipient: e.Account, shared: shared})}
	for _, owner := range owners {
		records = append(records, encode(nil, &e, view{id: ident.UUID(), recipient: owner, shared: shared, foreign: true}))
	}
	return r.append(d, records...)
}

func (r *Recorder) append(d journal.Durability, records ...[]byte) error {
	err := r.journal.Append(d, records...)
	if err != nil && !fault.Is(err, fault.Unavailable) {
		return fault.Wrap(err, fault.Unavailable, "The audit record of this call cannot be written.")
	}
	return err
}

// whole leaves out what is no ARN or names no single resource, such as "*" and "arn:aws:bedrock:us-east-1:123456789012:guardrail/*", and
// repetitions.
func whole(resources []string) (named []string) {
	for _, name := range resources {
		if !plainARN(name) || name[len(name)-1] == '*' || slices.Contains(named, name) {
			continue
		}
		named = append(named, name)
	}
	return named
}
