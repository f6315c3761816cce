package sts

import (
	"context"
	"errors"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/secret"
)

// Service makes sessions. It is safe for concurrent use.
type Service struct {
	directory *directory.Directory
	sealer    envelope.Sealer
	providers map[string]*Provider // by issuer
	now       func() time.Time
}

// Options are the parts that a Service works with. All but Providers are required.
type Options struct {
	Directory *directory.Directory
	Sealer    envelope.Sealer
	// Providers are the identity providers whose tokens AssumeRoleWithWebIdentity takes.
	Providers []*Provider
	Now       func() time.Time
}

// New makes a service. Two providers with the same issuer are an error.
func New(o Options) (*Service, error) {
	if o.Directory == nil || o.Sealer == nil || o.Now == nil {
		return nil, errors.New("sts service: a directory, a sealer and a clock are needed")
	}
	s := &Service{directory: o.Directory, sealer: o.Sealer, providers: map[string]*Provider{}, now: o.Now}
	for _, p := range o.Providers {
		if s.providers[p.config.Issuer] != nil {
			return nil, errors.New("sts service: identity provider " + p.config.Issuer + " is given twice")
		}
		s.providers[p.config.Issuer] = p
	}
	return s, nil
}

// Credentials are temporary credentials.
type Credentials struct {
	AccessKeyID  string
	Secret       secret.String
	SessionToken secret.String
	ExpiresAt    time.Time
}

// Session is the answer to whoever asked for one.
type Session struct {
	Credentials
	ARN            string // of the session
	ID             string // "AROA…:name", "123456789012:name"
	PackedPercent  *int   // of the room for policies and tags; nil where none were passed
	SourceIdentity string
}

// Limits of what a session is made with. Source: STS API Reference.
const (
	maxPolicyText = 2048
	maxPolicyARNs = 10
	maxTags       = 50
	minDuration   = 15 * time.Minute
	chainedMost   = time.Hour
)

// Scope is what a caller lets a session do at most, and what it attaches to it.
type Scope struct {
	Policy     string
	PolicyARNs []string
	Tags       []iam.Tag
	Transitive []string
}

// issue makes the credentials that claims describe.
func (s *Service) issue(ctx context.Context, c Claims, lasting time.Duration) (Session, error) {
	value := iam.NewSecret()
	c.IssuedAt = s.now().UTC().Truncate(time.Second)
	c.ExpiresAt = c.IssuedAt.Add(lasting)
	c.AccessKeyID, c.Secret = iam.NewSessionKeyID(c.Account), value.Reveal()
	percent, err := packedPercent(c)
	if err != nil {
		return Session{}, err
	}
	if percent != nil && *percent > 100 {
		return Session{}, &fault.Error{
			Kind: fault.Invalid, Code: "PackedPolicyTooLarge",
			Message: "Packed policy consumes more than 100% of allotted space, please use smaller policy or fewer tags.",
		}
	}
	token, err := sealToken(ctx, s.sealer, c)
	if err != nil {
		return Session{}, err
	}
	return Session{
		Credentials:   Credentials{c.AccessKeyID, value, secret.New(token), c.ExpiresAt},
		PackedPercent: percent, SourceIdentity: c.SourceIdentity,
	}, nil
}

// limit checks the session policies and puts them into claims.
func (s *Service) limit(ctx context.Context, c *Claims, scope Scope) error {
	total := len([]rune(scope.Policy))
	if len(scope.PolicyARNs) > maxPolicyARNs {
		return fault.New(fault.Invalid, "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to %d", maxPolicyARNs)
	}
	for _, name := range scope.PolicyARNs {
		parsed, err := arn.Parse(name)
		if err != nil || parsed.Service != "iam" || !strings.HasPrefix(parsed.Resource, "policy/") || parsed.Account != c.Account && parsed.Account != policy.AccountAWS {
			return errInvalid(name)
		}
		if _, err := s.directory.Managed(ctx, name); err != nil {
			if errors.Is(err, directory.ErrUnknown) {
				return fault.New(fault.Invalid, "Policy %s does not exist or is not attachable.", name)
			}
			return err
		}
		total += len(name)
	}
	if total > maxPolicyText {
		return &fault.Error{Kind: fault.Invalid, Code: "PackedPolicyTooLarge", Message: "The session policies exceed 2048 characters together."}
	}
	if scope.Policy != "" {
		if _, err := policy.Parse(policy.Session, scope.Policy); err != nil {
			return err
		}
	}
	c.Policy, c.PolicyARNs = scope.Policy, scope.PolicyARNs
	return nil
}

func invalidParameter(message string) error {
	return &fault.Error{Kind: fault.Invalid, Code: "InvalidParameterValue", Message: message}
}

// tag checks the session tags and puts them into claims, with those that the calling session passes on.
func tag(c *Claims, scope Scope, inherited map[string]string, inheritedKeys []string) error {
	keys := map[string]bool{}
	tags := map[string]string{}
	for _, t := range scope.Tags {
		folded := strings.ToLower(t.Key)
		if strings.HasPrefix(folded, "aws:") {
			return invalidParameter("Tag keys must not begin with aws:")
		}
		if keys[folded] {
			return invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		keys[folded] = true
		tags[t.Key] = t.Value
	}
	for _, key := range scope.Transitive {
		if !keys[strings.ToLower(key)] {
			return invalidParameter("The specified transitive tag key must be included in the requested tags.")
		}
	}
	for _, key := range inheritedKeys {
		if keys[strings.ToLower(key)] {
			return invalidParameter("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		tags[key] = inherited[key]
	}
	if len(tags) > maxTags {
		return invalidParameter("A session can have at most 50 tags.")
	}
	if len(tags) > 0 {
		c.Tags = tags
	}
	c.Transitive = append(append([]string{}, inheritedKeys...), scope.Transitive...)
	return nil
}
