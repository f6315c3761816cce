// Package invocation is the domain of model invocation logging: what is recorded of the calls of models where an account has asked for it.
//
// A record is written behind the answer, not before it: the calls go on when the log cannot keep up, and what was lost is counted. The
// audit journal is what every call waits for.
package invocation

import (
	"context"
	"encoding/json"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
)

// Scope is the account and Region that a configuration holds for.
type Scope struct {
	Partition string // "aws"
	Region    string // "us-east-1"
	Account   string // 12 digits
}

// Settings are what an account has asked for in a Region. The zero value of a switch records nothing of its kind.
type Settings struct {
	LogGroup, Role string // of CloudWatch Logs; needed
	Text           *bool  // record the texts of prompts and answers
	// Image, Embedding, Video and Audio are kept to be read back. Nothing of these kinds is recorded.
	Image, Embedding, Video, Audio *bool
}

// Check refuses settings that cannot be followed.
func (s Settings) Check() error {
	if s.LogGroup == "" {
		return fault.New(fault.Invalid, "The logging configuration needs a cloudWatchConfig. Delivery to S3 is not served.")
	}
	parsed, err := arn.Parse(s.Role)
	if err != nil || parsed.Service != "iam" {
		return fault.New(fault.Invalid, "The roleArn of cloudWatchConfig is not the ARN of a role.")
	}
	return nil
}

// Record is one call of a model, in the form of Amazon Bedrock's log.
type Record struct {
	SchemaType    string            `json:"schemaType"`
	SchemaVersion string            `json:"schemaVersion"`
	Timestamp     time.Time         `json:"timestamp"`
	Account       string            `json:"accountId"`
	Region        string            `json:"region"`
	RequestID     string            `json:"requestId"`
	Operation     string            `json:"operation"`
	ModelID       string            `json:"modelId"`
	Identity      Identity          `json:"identity"`
	Metadata      map[string]string `json:"requestMetadata,omitempty"`
	ErrorCode     string            `json:"errorCode,omitempty"`
	Input         Input             `json:"input"`
	Output        Output            `json:"output"`
}

// Identity is who called.
type Identity struct {
	ARN string `json:"arn"`
}

// Input is the prompt as it came, before any guardrail; Body is empty where texts are not recorded or are longer than MaxBody.
type Input struct {
	ContentType string          `json:"inputContentType"`
	Body        json.RawMessage `json:"inputBodyJson,omitempty"`
	Tokens      int             `json:"inputTokenCount"`
}

// Output is the answer as it left, behind all guardrails; of a stream it is the list of events.
type Output struct {
	ContentType string          `json:"outputContentType"`
	Body        json.RawMessage `json:"outputBodyJson,omitempty"`
	Tokens      int             `json:"outputTokenCount"`
}

// MaxBody is the largest prompt or answer, in bytes of JSON, that is kept in a record: what AWS delivers to CloudWatch.
const MaxBody = 100_000

// Row is a record as a store keeps it.
type Row struct {
	Seq             int64 // its position, from 1
	Account, Region string
	At              time.Time
	Body            []byte // sealed
}

// context binds a record to its place.
func (r Row) context() map[string]string {
	return map[string]string{"merlon:purpose": "invocation record", "merlon:account": r.Account, "merlon:region": r.Region, "merlon:at": r.At.UTC().Format(time.RFC3339Nano)}
}

// Store keeps settings and records. It is safe for concurrent use; what was written is durable when a method returns nil.
type Store interface {
	// Settings gives what PutSettings kept, nil where there is nothing.
	Settings(ctx context.Context, account, region string) ([]byte, error)
	PutSettings(ctx context.Context, account, region string, body []byte) error
	// DeleteSettings is no error where there is nothing.
	DeleteSettings(ctx context.Context, account, region string) error
	// Append adds rows in order.
	Append(ctx context.Context, rows []Row) error
	// Rows gives up to limit rows behind the position after.
	Rows(ctx context.Context, after int64, limit int) ([]Row, error)
	// Replace changes the bodies of rows.
	Replace(ctx context.Context, rows []Row) error
	// Trim removes rows from before a time, and the oldest beyond a number.
	Trim(ctx context.Context, before time.Time, most int) error
}

// Service holds the settings of all accounts. It is safe for concurrent use.
type Service struct{ store Store }

// NewService makes a service of a store.
func NewService(store Store) *Service { return &Service{store} }

// Put replaces the settings of a scope.
func (s *Service) Put(ctx context.Context, at Scope, settings Settings) error {
	if err := settings.Check(); err != nil {
		return err
	}
	body, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return s.store.PutSettings(ctx, at.Account, at.Region, body)
}

// Get gives the settings of a scope; the bool is false where there are none.
func (s *Service) Get(ctx context.Context, at Scope) (Settings, bool, error) {
	body, err := s.store.Settings(ctx, at.Account, at.Region)
	if err != nil || body == nil {
		return Settings{}, false, err
	}
	var settings Settings
	err = json.Unmarshal(body, &settings)
	return settings, err == nil, err
}

// Delete ends logging in a scope. There need not have been any.
func (s *Service) Delete(ctx context.Context, at Scope) error {
	return s.store.DeleteSettings(ctx, at.Account, at.Region)
}

// Read gives every record behind the position after to yield, opened, with its position.
func Read(ctx context.Context, store Store, sealer envelope.Sealer, after int64, yield func(seq int64, record []byte) error) error {
	for {
		rows, err := store.Rows(ctx, after, page)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			record, err := sealer.Open(ctx, r.Body, r.context())
			if err != nil {
				return err
			}
			if err := yield(r.Seq, record); err != nil {
				return err
			}
			after = r.Seq
		}
	}
}
