// Package authenticate finds out whom an access key, a session token or an API key belongs to.
package authenticate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// Root is the access key of an account's root that the configuration names.
type Root struct {
	Account     string // 12 digits
	AccessKeyID string
	Secret      secret.String
}

// Identity is a principal and what proves it.
type Identity struct {
	Credentials sigv4.Credentials // empty for an API key, which proves itself
	Account     string
	Principal   string // ARN
	operation.Facts
}

// Authenticator knows everybody. It is safe for concurrent use.
type Authenticator struct {
	roots     map[string]Root
	directory *directory.Directory
	sealer    envelope.Sealer
	now       func() time.Time
	verifier  sigv4.Verifier
	sessions  *sessions
}

// New makes an authenticator; it refuses an access key that is given twice.
func New(d *directory.Directory, sealer envelope.Sealer, now func() time.Time, roots ...Root) (*Authenticator, error) {
	a := &Authenticator{roots: map[string]Root{}, directory: d, sealer: sealer, now: now, verifier: sigv4.Verifier{Now: now}, sessions: newSessions()}
	for _, root := range roots {
		if _, taken := a.roots[root.AccessKeyID]; taken {
			return nil, fmt.Errorf("access key %s belongs to two accounts", root.AccessKeyID)
		}
		a.roots[root.AccessKeyID] = root
	}
	return a, nil
}

// Identify gives the owner of the access key, and of the session token where there is one, that claim names. Nothing is proven yet.
// Where there is none, or it may not be used, it answers sigv4.Refuse(sigv4.UnknownKey), and for a session that has ended by time
// sigv4.Refuse(sigv4.TokenExpired).
func (a *Authenticator) Identify(ctx context.Context, claim *sigv4.Signature) (Identity, error) {
	partition := arn.PartitionOf(claim.Region)
	if claim.SessionToken != "" {
		return a.session(ctx, claim, partition)
	}
	key, err := a.key(ctx, claim.AccessKeyID)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{Credentials: sigv4.Credentials{AccessKeyID: key.ID, Secret: key.Secret}}
	return id, a.own(ctx, &id, key.Account, key.Owner, partition)
}

// key gives a long-term access key that may be used.
func (a *Authenticator) key(ctx context.Context, id string) (directory.Key, error) {
	if root, ok := a.roots[id]; ok {
		return directory.Key{AccessKey: iam.AccessKey{ID: id, Account: root.Account, Status: iam.Active}, Secret: root.Secret}, nil
	}
	key, err := a.directory.Key(ctx, id)
	if errors.Is(err, directory.ErrUnknown) || err == nil && key.Status != iam.Active {
		return key, sigv4.Refuse(sigv4.UnknownKey)
	}
	return key, err
}

// own makes id that of a user, or with no owner that of the account's root.
func (a *Authenticator) own(ctx context.Context, id *Identity, account, owner, partition string) error {
	id.Account = account
	if owner == "" {
		id.Kind, id.UserID, id.Principal = policy.Root, account, iam.Scope{Partition: partition, Account: account}.ARN("root")
		return nil
	}
	p, err := a.principal(ctx, owner)
	if err != nil {
		return err
	}
	id.Kind, id.UserID, id.PrincipalID, id.UserName, id.Principal = policy.User, p.ID, p.ID, p.Name, p.ARN(partition)
	return nil
}

// principal gives the user or role that a credential is of. A credential whose principal is gone is nobody's.
func (a *Authenticator) principal(ctx context.Context, id string) (*directory.Principal, error) {
	p, err := a.directory.Principal(ctx, id)
	if errors.Is(err, directory.ErrUnknown) {
		return nil, sigv4.Refuse(sigv4.UnknownKey)
	}
	return p, err
}

// session gives the owner of temporary credentials.
func (a *Authenticator) session(ctx context.Context, claim *sigv4.Signature, partition string) (Identity, error) {
	opened, err := a.open(ctx, claim.AccessKeyID, claim.SessionToken)
	if err != nil {
		return Identity{}, err
	}
	c := &opened.claims
	if !a.now().Before(c.ExpiresAt) {
		return Identity{}, sigv4.Refuse(sigv4.TokenExpired)
	}
	if c.ParentKey != "" {
		parent, err := a.key(ctx, c.ParentKey)
		if err != nil {
			return Identity{}, err
		}
		if parent.Account != c.Account || parent.Owner != c.PrincipalID {
			return Identity{}, sigv4.Refuse(sigv4.UnknownKey)
		}
	}
	id := Identity{Credentials: sigv4.Credentials{
		AccessKeyID: c.AccessKeyID, Secret: secret.New(c.Secret), SessionToken: secret.New(claim.SessionToken),
	}}
	switch c.Kind {
	case policy.Root, policy.User:
		err = a.own(ctx, &id, c.Account, c.PrincipalID, partition)
	case policy.FederatedUser:
		if err = a.own(ctx, &id, c.Account, c.PrincipalID, partition); err == nil {
			id.Kind, id.Issuer, id.UserName = policy.FederatedUser, id.Principal, ""
			id.UserID, id.Principal = c.Account+":"+c.Name, sts.FederatedARN(partition, c.Account, c.Name)
		}
	case policy.RoleSession:
		err = a.role(ctx, &id, c, partition)
	default:
		err = fault.New(fault.Internal, "a session of kind %d", c.Kind)
	}
	id.Session = opened.session
	return id, err
}

func (a *Authenticator) role(ctx context.Context, id *Identity, c *sts.Claims, partition string) error {
	role, err := a.principal(ctx, c.PrincipalID)
	if err != nil {
		return err
	}
	id.Account, id.Kind, id.PrincipalID = role.Account, policy.RoleSession, role.ID
	id.UserID = role.ID + ":" + c.Name
	id.Issuer = role.ARN(partition)
	id.Principal = sts.SessionARN(partition, role.Account, role.Name, c.Name)
	return nil
}

// open gives what a token carries. What has been opened once is kept for a while under the token's hash.
func (a *Authenticator) open(ctx context.Context, accessKeyID, token string) (*opened, error) {
	hash := sha256.Sum256([]byte(accessKeyID + "\n" + token))
	if o := a.sessions.get(hash); o != nil {
		return o, nil
	}
	claims, err := sts.OpenToken(ctx, a.sealer, accessKeyID, token)
	if errors.Is(err, sts.ErrToken) {
		return nil, sigv4.Refuse(sigv4.UnknownKey)
	}
	if err != nil {
		return nil, err
	}
	if claims.AccessKeyID != accessKeyID {
		return nil, sigv4.Refuse(sigv4.UnknownKey)
	}
	o := newOpened(claims)
	a.sessions.put(hash, o)
	return o, nil
}
