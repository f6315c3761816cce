// Package profile is the domain of inference profiles: names under which a model is called, given by an account or by the system.
package profile

import (
	"context"
	"errors"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// Scope is the account and Region that a profile belongs to.
type Scope struct {
	Partition string // "aws"
	Region    string // "us-east-1"
	Account   string // 12 digits
}

// ARN gives the ARN of an application's profile.
func (s Scope) ARN(id string) string { return s.arn("application-inference-profile/" + id) }

func (s Scope) arn(resource string) string {
	return arn.ARN{Partition: s.Partition, Service: "bedrock", Region: s.Region, Account: s.Account, Resource: resource}.String()
}

// Profile is one inference profile.
type Profile struct {
	Scope
	ID          string // 12 lower-case letters and digits, or of the system's "us.meta.llama3-8b-instruct-v1:0"
	System      bool   // defined by the system: it spreads calls over Regions at AWS, and is another name for the model here
	Name        string
	Description string // empty where there is none
	ModelID     string // of the catalogue
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Tags        []Tag
	seq         int64
}

// Tag is a key and value on a profile.
type Tag struct{ Key, Value string }

// ARN gives the profile's ARN.
func (p Profile) ARN() string {
	if p.System {
		return p.arn("inference-profile/" + p.ID)
	}
	return p.Scope.ARN(p.ID)
}

// ModelARN gives the ARN of the model behind the profile.
func (p Profile) ModelARN() string { return model.ARN(p.Partition, p.Region, p.ModelID) }

// Store keeps the profiles of applications. Update closures run one after the other; when Update returns nil, what its closure wrote is
// durable, and when it returns an error nothing of it is kept, except that an error of kind fault.Unavailable leaves open whether it was.
type Store interface {
	View(ctx context.Context, read func(Tx) error) error
	Update(ctx context.Context, write func(Tx) error) error
}

// Tx is one transaction. Writes fail inside a View.
type Tx interface {
	// Profile gives a row, or ErrNoRow.
	Profile(account, region, id string) (Row, error)
	// ProfileByToken gives the row that a request with a token made, or ErrNoRow.
	ProfileByToken(account, region, token string) (Row, error)
	// Profiles gives up to limit rows behind the position after, in the order in which they were made.
	Profiles(account, region string, after int64, limit int) ([]Row, error)
	CountProfiles(account, region string) (int, error)
	// AddProfile adds a row and gives it the next position.
	AddProfile(row Row) error
	// ChangeProfile replaces the body of a row, or gives ErrNoRow.
	ChangeProfile(row Row) error
	// DeleteProfile removes a row, or gives ErrNoRow.
	DeleteProfile(account, region, id string) error
}

// Row is a profile as a store keeps it.
type Row struct {
	Seq                        int64 // its position, from 1
	Account, Region, ID, Token string
	Body                       []byte // opaque to the store
}

// ErrNoRow says that the row does not exist.
var ErrNoRow = errors.New("no such row")

// parse gives the id in an identifier, and whether its ARN says that an application made it. ok is false for what names no profile of the
// scope.
func parse(scope Scope, identifier string) (id string, system, application, ok bool) {
	if !strings.HasPrefix(identifier, "arn:") {
		return identifier, true, true, true
	}
	parsed, err := arn.Parse(identifier)
	if err != nil || parsed.Service != "bedrock" || parsed.Partition != scope.Partition || parsed.Region != scope.Region || parsed.Account != scope.Account {
		return "", false, false, false
	}
	if id, ok := parsed.ResourceID("application-inference-profile"); ok {
		return id, false, true, true
	}
	id, ok = parsed.ResourceID("inference-profile")
	return id, true, false, ok
}

func errNotFound() error {
	return fault.New(fault.NotFound, "The inference profile could not be found.")
}
