package guardrail

import (
	"context"
	"errors"
	"time"
)

// Store keeps the rows of the guardrail domain. It decides nothing: every rule is in Service.
//
// It is safe for concurrent use. Update closures run one after the other, each seeing what those before it wrote; when Update
// returns nil, what its closure wrote is durable, and when it returns an error nothing of it is kept, except that an error of
// kind fault.Unavailable leaves open whether it was. View closures see one consistent state. A closure must not keep its Tx,
// start another View or Update, or block on anything else. Both return the closure's own error unchanged, ctx's error where
// ctx ended before the closure began, and a fault of kind Unavailable where the store is closed, overloaded or broken.
type Store interface {
	View(ctx context.Context, read func(Tx) error) error
	Update(ctx context.Context, write func(Tx) error) error
}

// ErrNoRow says that the row asked for, or the row to change or delete, does not exist.
var ErrNoRow = errors.New("no such row")

// Tx is one transaction. Methods that find nothing return ErrNoRow; lists of nothing are empty. Writes fail inside a View.
type Tx interface {
	DraftRows
	VersionRows
	TokenRows
	TagRows
	PolicyRows
	EnforcedRows
}

// DraftRows are the guardrails themselves, each with its draft.
type DraftRows interface {
	Draft(scope Scope, id string) (Row, error)
	// DraftSummary is Draft without the configuration.
	DraftSummary(scope Scope, id string) (Summary, error)
	// DraftNamed gives the id of the guardrail of that name.
	DraftNamed(scope Scope, name string) (string, error)
	// Drafts gives at most limit drafts in the order of their creation, from the first whose Sequence is above after.
	Drafts(scope Scope, after int64, limit int) ([]Summary, error)
	CountDrafts(scope Scope) (int, error)
	// AllDrafts gives at most limit drafts of all scopes in the order of their creation, from the first whose Sequence is above after.
	AllDrafts(after int64, limit int) ([]Row, error)
	// InsertDraft adds a guardrail; the store sets its Sequence.
	InsertDraft(row Row) error
	// ReplaceDraft rewrites everything of an existing draft but its Sequence and CreatedAt.
	ReplaceDraft(row Row) error
	// SetLastVersion rewrites LastVersion and nothing else.
	SetLastVersion(scope Scope, id string, last Version) error
	// DeleteGuardrail removes the draft with its versions and tags.
	DeleteGuardrail(scope Scope, id string) error
}

// VersionRows are the numbered versions of guardrails.
type VersionRows interface {
	Version(scope Scope, id string, version Version) (Row, error)
	// VersionSummary is Version without the configuration.
	VersionSummary(scope Scope, id string, version Version) (Summary, error)
	// Versions gives at most limit versions with numbers above after, in rising order.
	Versions(scope Scope, id string, after Version, limit int) ([]Summary, error)
	CountVersions(scope Scope, id string) (int, error)
	InsertVersion(row Row) error
	// ReplaceVersionConfig rewrites the configuration, which says the same: it was sealed anew.
	ReplaceVersionConfig(scope Scope, id string, version Version, config []byte) error
	DeleteVersion(scope Scope, id string, version Version) error
}

// TokenRows are the client request tokens that were used lately.
type TokenRows interface {
	Token(scope Scope, operation, token string) (Token, error)
	// PutToken adds a token or replaces the one with the same scope, operation and token.
	PutToken(token Token) error
	// DropTokens removes at most limit tokens that expired before the given time.
	DropTokens(before time.Time, limit int) error
}

// TagRows are the tags of guardrails.
type TagRows interface {
	// Tags gives the tags in the order of their keys.
	Tags(scope Scope, id string) ([]Tag, error)
	PutTag(scope Scope, id string, tag Tag) error
	// DeleteTag removes a tag; one that is not there is no error.
	DeleteTag(scope Scope, id, key string) error
}

// PolicyRows are resource policies by the ARN of their resource.
type PolicyRows interface {
	ResourcePolicy(scope Scope, resource string) (string, error)
	PutResourcePolicy(scope Scope, resource, document string) error
	DeleteResourcePolicy(scope Scope, resource string) error
}

// EnforcedRows are the enforced configurations, at most one in a scope.
type EnforcedRows interface {
	Enforced(scope Scope) (Enforced, error)
	// PutEnforced sets the scope's enforced configuration. The version that it names must exist.
	PutEnforced(enforced Enforced) error
	DeleteEnforced(scope Scope) error
}

// Row is one version of a guardrail as a store keeps it.
type Row struct {
	Summary
	// Config is the configuration, sealed or as EncodeConfig made it: opaque to the store.
	Config []byte
}

// Summary is what can be told of a version without reading its configuration. Times are in UTC, to the microsecond.
type Summary struct {
	Scope
	ID          string
	Version     Version
	Name        string
	Description string
	ProfileID   string // guardrail profile, or empty
	KMSKeyARN   string // key that protects the configuration, or empty for the service's own
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Revision    int64
	LastVersion Version // of a draft: the highest number ever given out
	Sequence    int64   // of a draft: its place in the order of creation, from 1, never reused
}

// ARN gives the guardrail's ARN.
func (s Summary) ARN() string { return s.Scope.ARN(s.ID) }

// Token is a client request token that was used, and what its first use answered.
type Token struct {
	Receipt
	Operation   string // "CreateGuardrail"
	Value       string
	Fingerprint [32]byte // of the whole request
	ExpiresAt   time.Time
}

// Tag is a key and value on a resource.
type Tag struct {
	Key, Value string
}
