package gateway

import (
	"cmp"
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
	operation.Facts
}

// KeyAuthenticator is an Authenticator that knows API keys as well. An API key comes in the clear, so that identifying it proves it.
type KeyAuthenticator interface {
	Authenticator
	// IdentifyKey gives the owner of an API key, the access key that it was made with and the Region that it is for, both empty where it has
	// none. A key that may not be used is a fault of kind Denied.
	IdentifyKey(ctx context.Context, key string) (id Identity, accessKeyID, region string, err error)
}

// identify finds out who says to be calling. Without a signature nobody does.
func (g *Gateway) identify(x *exchange) (err error) {
	switch {
	case x.apiKey != "":
		keys, ok := g.config.Authenticator.(KeyAuthenticator)
		if !ok {
			return errNoKeys()
		}
		x.identity, x.keyOrigin, x.keyRegion, err = keys.IdentifyKey(x.r.Context(), x.apiKey)
	case x.claim != nil:
		x.identity, err = g.config.Authenticator.Identify(x.r.Context(), x.claim)
	}
	return err
}

// verify proves it. From here on the call has a caller and is recorded, whatever becomes of it.
func (g *Gateway) verify(x *exchange) error {
	accessKeyID, region := x.keyOrigin, x.keyRegion
	if x.claim != nil {
		if err := g.verifier.Verify(x.r, x.claim, x.identity.Credentials, x.body, x.entry.name.rules); err != nil {
			return err
		}
		accessKeyID, region = x.claim.AccessKeyID, x.claim.Region
	}
	region = cmp.Or(region, g.region())
	x.call = &operation.Call{
		Caller: operation.Caller{
			Account:     x.identity.Account,
			Partition:   arn.PartitionOf(region),
			Region:      region,
			Principal:   x.identity.Principal,
			AccessKeyID: accessKeyID,
			Facts:       x.identity.Facts,
		},
		RequestID: x.id,
		Time:      x.start,
		SourceIP:  x.host,
		UserAgent: x.r.UserAgent(),
		Secure:    x.r.TLS != nil,
	}
	return nil
}

// region is that of a call whose credentials name none.
func (g *Gateway) region() string {
	if len(g.config.Regions) > 0 {
		return g.config.Regions[0]
	}
	return "us-east-1"
}
