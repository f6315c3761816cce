package kms

import (
	"time"

	"merlon.dev/merlon/internal/kms/material"
)

// State is a key state of KMS.
type State string

// The key states. PendingImport is never stored; see the package comment.
const (
	Enabled         State = "Enabled"
	Disabled        State = "Disabled"
	PendingDeletion State = "PendingDeletion"
	PendingImport   State = "PendingImport"
)

// Origin is where a key's material comes from.
type Origin string

// The origins that Merlon has.
const (
	OriginKMS      Origin = "AWS_KMS"
	OriginExternal Origin = "EXTERNAL"
)

// Manager is who manages a key.
type Manager string

// The managers.
const (
	ByCustomer Manager = "CUSTOMER"
	ByService  Manager = "AWS" // a service key such as alias/aws/bedrock
)

// Key is a KMS key as a store keeps it. Times are in UTC, to the microsecond; zero times are unset.
type Key struct {
	Scope
	ID          string // UUID, or mrk- and 32 hexadecimal digits
	Sequence    int64  // place in the order of creation, from 1, never reused; the store sets it
	Description string
	Spec        material.Spec
	Usage       material.Usage
	Origin      Origin
	Manager     Manager
	MultiRegion bool
	State       State // Enabled, Disabled or PendingDeletion
	Policy      string
	CreatedAt   time.Time
	DeletionAt  time.Time // in PendingDeletion
	Window      int       // days, in PendingDeletion

	Rotates      bool // automatically
	Period       int  // days between automatic rotations, also after they were turned off
	NextRotation time.Time
	OnDemand     int // rotations on demand so far

	// DueAt is when Service.Sweep has something to do for the key.
	DueAt time.Time
}

// ARN gives the key's ARN.
func (k Key) ARN() string { return k.Scope.ARN(k.ID) }

// rotatable reports whether KMS rotates keys of this kind at all.
func (k *Key) rotatable() bool { return k.Spec == material.Symmetric }

// MaterialState is where a material stands in its key's history.
type MaterialState string

// The material states.
const (
	Current         MaterialState = "CURRENT"
	NonCurrent      MaterialState = "NON_CURRENT"
	PendingRotation MaterialState = "PENDING_ROTATION" // imported, not yet rotated to
)

// RotationType is why a material became current.
type RotationType string

// The rotation types; the first material of a key has none.
const (
	Automatic RotationType = "AUTOMATIC"
	OnDemand  RotationType = "ON_DEMAND"
)

// Material is one key material as a store keeps it.
type Material struct {
	Scope
	KeyID    string
	ID       string // 64 hexadecimal digits
	Sequence int64  // place in the order of making; the store sets it
	State    MaterialState
	// Wrapped is the material under the server's sealer; nil where imported material was deleted or has expired.
	Wrapped []byte
	// Print is a digest of imported material, sealed too: what is imported again must be the same. Otherwise nil.
	Print       []byte
	Description string
	RotatedAt   time.Time // when it became current by a rotation
	Rotation    RotationType
	ValidTo     time.Time // of imported material that expires
}

// present reports whether the material can be used.
func (m *Material) present(now time.Time) bool {
	return m.Wrapped != nil && (m.ValidTo.IsZero() || now.Before(m.ValidTo))
}

// wrapContext binds a wrapped material to its place.
func (m *Material) wrapContext() map[string]string {
	return map[string]string{"merlon": "kms material", "key": m.ARN(m.KeyID), "material": m.ID}
}

// printContext is the same for the digest.
func (m *Material) printContext() map[string]string {
	return map[string]string{"merlon": "kms material digest", "key": m.ARN(m.KeyID), "material": m.ID}
}

// Alias leads to a key of its scope.
type Alias struct {
	Scope
	Name      string // "alias/..."
	Sequence  int64
	KeyID     string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ARN gives the alias's ARN.
func (a *Alias) ARN() string { return a.AliasARN(a.Name) }

// Tag is a key and value on a KMS key.
type Tag struct{ Key, Value string }
