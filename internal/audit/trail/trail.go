package trail

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/arn"
)

// Scope is who asks, and where.
type Scope struct{ Partition, Account, Region string }

// Trail is a trail with its selectors. Times are in UTC.
type Trail struct {
	Partition, Account string
	Region             string // its home
	Name               string
	Settings
	CreatedAt time.Time
	Logging   bool
	StartedAt time.Time // of logging, the last time; zero where never
	StoppedAt time.Time // as above
	Basic     []Selector
	Advanced  []AdvancedSelector // where there are some there are no basic ones
	Tags      []Tag              // in the order of their keys
}

// Settings are what a client says of a trail.
type Settings struct {
	Bucket, Prefix, Topic string
	GlobalEvents          bool // of the global services
	MultiRegion           bool
	Validation            bool // digests are delivered too
	LogGroup, LogRole     string
	Key                   string // a KMS key
}

// Tag is a key and value on a trail.
type Tag struct{ Key, Value string }

// ARN gives the trail's ARN.
func (t Trail) ARN() string {
	return arn.ARN{Partition: t.Partition, Service: "cloudtrail", Region: t.Region, Account: t.Account, Resource: "trail/" + t.Name}.String()
}

// Store keeps trails. Update closures run one after the other; when Update returns nil, what its closure wrote is durable, and when it
// returns an error nothing of it is kept, except that an error of kind fault.Unavailable leaves open whether it was.
type Store interface {
	View(ctx context.Context, read func(Tx) error) error
	Update(ctx context.Context, write func(Tx) error) error
}

// Tx is one transaction. Writes fail inside a View.
type Tx interface {
	// Trails gives the rows of an account in the order of Region and name.
	Trails(account string) ([]Row, error)
	// PutTrail adds a row or replaces the one of the same account, Region and name.
	PutTrail(row Row) error
	// DeleteTrail removes a row, or gives ErrNoRow.
	DeleteTrail(account, region, name string) error
}

// Row is a trail as a store keeps it.
type Row struct {
	Account, Region, Name string
	Body                  []byte // opaque to the store
}

// ErrNoRow says that the row does not exist.
var ErrNoRow = errors.New("no such row")
