package gateway

import (
	"context"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/sigv4"
)

// Authenticator knows whom access keys belong to. It proves nothing: the gateway does, with the credentials that it gives. It is called
// concurrently.
type Authenticator interface {
	// Identify gives the owner of the access key, and of the session token where there is one, that claim names. Where there is none it
	// answers sigv4.Refuse(sigv4.UnknownKey), and for an ended session sigv4.Refuse(sigv4.TokenExpired).
	Identify(ctx context.Context, claim *sigv4.Signature) (Identity, error)
}

// Identity is a principal and the credentials that prove it.
type Identity struct {
	Credentials sigv4.Credentials
	Account     string // 12 digits
	Principal   string // ARN of the user, role session or root
}

// identify finds out who says to be calling. Without a signature nobody does.
func (g *Gateway) identify(x *exchange) (err error) {
	if x.claim == nil {
		return nil
	}
	x.identity, err = g.config.Authenticator.Identify(x.r.Context(), x.claim)
	return err
}

// verify proves it. From here on the call has a caller and is recorded, whatever becomes of it.
func (g *Gateway) verify(x *exchange) error {
	if x.claim == nil {
		x.call = &operation.Call{
			Caller:    operation.Caller{Partition: arn.PartitionOf(g.region()), Region: g.region()},
			RequestID: x.id, Time: x.start, SourceIP: x.host, UserAgent: x.r.UserAgent(),
		}
		return nil
	}
	if err := g.verifier.Verify(x.r, x.claim, x.identity.Credentials, x.body, x.entry.name.rules); err != nil {
		return err
	}
	x.call = &operation.Call{
		Caller: operation.Caller{
			Account:     x.identity.Account,
			Partition:   arn.PartitionOf(x.claim.Region),
			Region:      x.claim.Region,
			Principal:   x.identity.Principal,
			AccessKeyID: x.claim.AccessKeyID,
		},
		RequestID: x.id,
		Time:      x.start,
		SourceIP:  x.host,
		UserAgent: x.r.UserAgent(),
	}
	return nil
}

// region is that of a call whose signature names none.
func (g *Gateway) region() string {
	if len(g.config.Regions) > 0 {
		return g.config.Regions[0]
	}
	return "us-east-1"
}
