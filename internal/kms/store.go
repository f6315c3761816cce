package kms

import (
	"context"
	"errors"
	"time"
)

// Store keeps the rows of the kms domain. It decides nothing: every rule is in Service.
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
	KeyRows
	MaterialRows
	AliasRows
	GrantRows
	TagRows
}

// KeyRows are the keys.
type KeyRows interface {
	// Key finds a key by id, whatever account it belongs to.
	Key(region, id string) (Key, error)
	// Keys gives at most limit keys in the order of their creation, from the first whose Sequence is above after.
	Keys(scope Scope, after int64, limit int) ([]Key, error)
	// DueKeys gives at most limit keys whose DueAt is set and not after now.
	DueKeys(now time.Time, limit int) ([]Key, error)
	// CountKeys counts the keys of customers in a scope.
	CountKeys(scope Scope) (int, error)
	InsertKey(key Key) error
	// ReplaceKey rewrites everything of an existing key but its Sequence, CreatedAt, Spec, Usage, Origin, Manager and MultiRegion.
	ReplaceKey(key Key) error
	// DeleteKey removes a key with its materials, aliases, grants and tags.
	DeleteKey(region, id string) error
}

// MaterialRows are the materials of keys.
type MaterialRows interface {
	// Materials gives a key's materials in the order of their making.
	Materials(region, keyID string) ([]Material, error)
	InsertMaterial(m Material) error
	// ReplaceMaterial rewrites everything of an existing material but its Sequence.
	ReplaceMaterial(m Material) error
	// AllMaterials gives at most limit materials of all keys, from the first whose Sequence is above after.
	AllMaterials(after int64, limit int) ([]Material, error)
}

// AliasRows are the aliases.
type AliasRows interface {
	Alias(scope Scope, name string) (Alias, error)
	// Aliases gives at most limit aliases in the order of their creation, of one key unless keyID is empty.
	Aliases(scope Scope, keyID string, after int64, limit int) ([]Alias, error)
	InsertAlias(a Alias) error
	// ReplaceAlias rewrites KeyID and UpdatedAt.
	ReplaceAlias(a Alias) error
	DeleteAlias(scope Scope, name string) error
}

// GrantRows are the grants of keys.
type GrantRows interface {
	Grant(region, keyID, id string) (Grant, error)
	// Grants gives at most limit grants of a key in the order of their creation.
	Grants(region, keyID string, after int64, limit int) ([]Grant, error)
	// RetirableGrants gives at most limit grants in the scope that principal, an ARN or service name, may retire.
	RetirableGrants(scope Scope, principal string, after int64, limit int) ([]Grant, error)
	// GrantsNamed gives the grants of a key with that name.
	GrantsNamed(region, keyID, name string) ([]Grant, error)
	CountGrants(region, keyID string) (int, error)
	InsertGrant(g Grant) error
	DeleteGrant(region, keyID, id string) error
}

// TagRows are the tags of keys.
type TagRows interface {
	// Tags gives the tags in the order of their keys.
	Tags(region, keyID string) ([]Tag, error)
	PutTag(region, keyID string, tag Tag) error
	// DeleteTag removes a tag; one that is not there is no error.
	DeleteTag(region, keyID, key string) error
}
