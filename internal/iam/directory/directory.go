// Package directory answers, fast enough for every request, whom a credential belongs to and which policies govern a principal.
//
// Everything that it gives is compiled and unsealed once and kept until a row of the identity domain changes: a policy that is
// changed, a key that is turned off and a role that is deleted count for the next request.
package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/secret"
)

const (
	// kept bounds each cache, in entries.
	kept = 10_000
	// secretLife is how long an unsealed secret stays in memory at most.
	secretLife = 5 * time.Minute
)

// Directory is the read side of the identity domain. It is safe for concurrent use.
type Directory struct {
	store  iam.Store
	sealer envelope.Sealer
	now    func() time.Time

	principals *cache[*Principal]
	names      *cache[string] // unique id by account, kind and name
	keys       *cache[Key]
	apiKeys    *cache[APIKey]
	managed    *cache[*policy.Policy]
	limits     *cache[*policy.Set] // of sessions, by access key
}

// New makes a directory.
func New(store iam.Store, sealer envelope.Sealer, now func() time.Time) *Directory {
	return &Directory{
		store: store, sealer: sealer, now: now,
		principals: newCache[*Principal](kept), names: newCache[string](kept), keys: newCache[Key](kept),
		apiKeys: newCache[APIKey](kept), managed: newCache[*policy.Policy](kept),
		limits: newCache[*policy.Set](kept),
	}
}

// Principal is a user or role with its compiled policies, or a group. It is shared and must not be changed.
type Principal struct {
	iam.Principal
	Tags     []iam.Tag
	Identity *policy.Set // of a user with those of its groups
	Boundary *policy.Set // nil without one
	Trust    *policy.Set // of roles
}

// ErrUnknown says that there is no such principal or credential.
var ErrUnknown = errors.New("no such principal or credential")

// unknown turns a missing row into ErrUnknown.
func unknown(err error) error {
	if errors.Is(err, iam.ErrNoRow) {
		return ErrUnknown
	}
	return err
}

// Principal gives the user or role with a unique id.
func (d *Directory) Principal(ctx context.Context, id string) (*Principal, error) {
	changes := d.store.Changes()
	if p, ok := d.principals.get(changes, id); ok {
		return p, nil
	}
	var p *Principal
	err := d.store.View(ctx, func(tx iam.Tx) error {
		row, err := tx.PrincipalByID(id)
		if err != nil {
			return unknown(err)
		}
		p, err = load(tx, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.principals.put(changes, id, p)
	return p, nil
}

// Role gives the role of an account with a name. The name alone counts, as in ARNs of sessions.
func (d *Directory) Role(ctx context.Context, account, name string) (*Principal, error) {
	return d.Named(ctx, account, iam.Role, name)
}

// Named gives the user, role or group of an account with a name.
func (d *Directory) Named(ctx context.Context, account string, kind iam.Kind, name string) (*Principal, error) {
	changes := d.store.Changes()
	key := account + "/" + string(kind) + "/" + name
	id, ok := d.names.get(changes, key)
	if !ok {
		err := d.store.View(ctx, func(tx iam.Tx) error {
			row, err := tx.Principal(account, kind, name)
			id = row.ID
			return unknown(err)
		})
		if err != nil {
			return nil, err
		}
		d.names.put(changes, key, id)
	}
	return d.Principal(ctx, id)
}

// load reads and compiles everything that governs a principal.
func load(tx iam.Tx, row iam.Principal) (*Principal, error) {
	p := &Principal{Principal: row}
	var err error
	if p.Tags, err = tx.Tags(row.ID); err != nil {
		return nil, err
	}
	carriers := []iam.Principal{row}
	if row.Kind == iam.User {
		groups, err := tx.Groups(row.ID)
		if err != nil {
			return nil, err
		}
		carriers = append(carriers, groups...)
	}
	var identity []*policy.Policy
	for _, carrier := range carriers {
		carried, err := carried(tx, carrier.ID)
		if err != nil {
			return nil, err
		}
		identity = append(identity, carried...)
	}
	if p.Identity, err = policy.NewSet(policy.Identity, identity...); err != nil {
		return nil, err
	}
	if row.Boundary != "" {
		boundary, err := managed(tx, row.Boundary)
		if err != nil {
			return nil, err
		}
		if p.Boundary, err = policy.NewSet(policy.Boundary, boundary); err != nil {
			return nil, err
		}
	}
	if row.Kind == iam.Role {
		trust, err := compile(policy.Trust, row.Name, row.Trust)
		if err != nil {
			return nil, err
		}
		p.Trust, err = policy.NewSet(policy.Trust, trust)
		return p, err
	}
	return p, nil
}

// carried compiles the identity policies that hang on one user, role or group itself.
func carried(tx iam.Tx, id string) (all []*policy.Policy, err error) {
	inlines, err := tx.Inlines(id)
	if err != nil {
		return nil, err
	}
	for _, inline := range inlines {
		compiled, err := compile(policy.Identity, inline.Name, inline.Document)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	attached, err := tx.Attachments(id)
	if err != nil {
		return nil, err
	}
	for _, arn := range attached {
		compiled, err := managed(tx, arn)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	return all, nil
}

func compile(kind policy.Kind, id, document string) (*policy.Policy, error) {
	parsed, err := policy.Parse(kind, document)
	if err != nil {
		// It was accepted once: whoever cannot read it now must not guess what it said.
		return nil, fault.Wrap(err, fault.Internal, "The policy %s cannot be read.", id)
	}
	return parsed.Compile(id), nil
}

// managed compiles the default version of a managed policy.
func managed(tx iam.Tx, arn string) (*policy.Policy, error) {
	document, err := iam.ManagedDocument(tx, arn)
	if err != nil {
		return nil, fmt.Errorf("read managed policy %s: %w", arn, err)
	}
	return compile(policy.Identity, arn, document)
}

// Managed gives the default version of a managed policy, compiled. One that does not exist is ErrUnknown.
func (d *Directory) Managed(ctx context.Context, arn string) (*policy.Policy, error) {
	changes := d.store.Changes()
	if p, ok := d.managed.get(changes, arn); ok {
		return p, nil
	}
	var p *policy.Policy
	err := d.store.View(ctx, func(tx iam.Tx) (err error) {
		p, err = managed(tx, arn)
		return err
	})
	if err != nil {
		return nil, unknown(err)
	}
	d.managed.put(changes, arn, p)
	return p, nil
}

// Limits gives the policies that limit the session of a temporary access key: the texts that it carries and the managed policies that it
// names. A managed policy that is gone allows nothing.
func (d *Directory) Limits(ctx context.Context, accessKeyID string, texts, arns []string) (*policy.Set, error) {
	changes := d.store.Changes()
	if set, ok := d.limits.get(changes, accessKeyID); ok {
		return set, nil
	}
	var all []*policy.Policy
	for _, text := range texts {
		compiled, err := compile(policy.Session, "", text)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	for _, arn := range arns {
		compiled, err := d.Managed(ctx, arn)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	set, err := policy.NewSet(policy.Session, all...)
	if err != nil {
		return nil, err
	}
	d.limits.put(changes, accessKeyID, set)
	return set, nil
}

// Key is an access key with its secret.
type Key struct {
	iam.AccessKey
	Secret secret.String
	until  time.Time
}

// Key gives an access key, in use or not.
func (d *Directory) Key(ctx context.Context, id string) (Key, error) {
	changes := d.store.Changes()
	if key, ok := d.keys.get(changes, id); ok && d.now().Before(key.until) {
		return key, nil
	}
	var sealed []byte
	key := Key{until: d.now().Add(secretLife)}
	err := d.store.View(ctx, func(tx iam.Tx) (err error) {
		key.AccessKey, sealed, err = tx.Key(id)
		return unknown(err)
	})
	if err != nil {
		return Key{}, err
	}
	if key.Secret, err = iam.OpenSecret(ctx, d.sealer, key.Account, key.ID, sealed); err != nil {
		return Key{}, err
	}
	d.keys.put(changes, id, key)
	return key, nil
}

// APIKey is a long-term API key's credential with its secret.
type APIKey struct {
	iam.ServiceCredential
	Secret secret.String
	until  time.Time
}

// APIKey gives the credential with a public part, in use or not.
func (d *Directory) APIKey(ctx context.Context, alias string) (APIKey, error) {
	changes := d.store.Changes()
	if key, ok := d.apiKeys.get(changes, alias); ok && d.now().Before(key.until) {
		return key, nil
	}
	var sealed []byte
	key := APIKey{until: d.now().Add(secretLife)}
	err := d.store.View(ctx, func(tx iam.Tx) (err error) {
		key.ServiceCredential, sealed, err = tx.ServiceCredentialByAlias(alias)
		return unknown(err)
	})
	if err != nil {
		return APIKey{}, err
	}
	if key.Secret, err = iam.OpenSecret(ctx, d.sealer, key.Account, key.ID, sealed); err != nil {
		return APIKey{}, err
	}
	d.apiKeys.put(changes, alias, key)
	return key, nil
}
