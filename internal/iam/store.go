package iam

import (
	"context"
	"errors"
	"time"
)

// Store keeps the rows of the identity domain. It decides nothing: every rule is in Service.
//
// It is safe for concurrent use. Update closures run one after the other, each seeing what those before it wrote; when Update returns
// nil, what its closure wrote is durable, and when it returns an error nothing of it is kept, except that an error of kind
// fault.Unavailable leaves open whether it was. View closures see one consistent state. A closure must not keep its Tx, start another
// View or Update, or block on anything else. Both return the closure's own error unchanged.
type Store interface {
	View(ctx context.Context, read func(Tx) error) error
	Update(ctx context.Context, write func(Tx) error) error
	// Changes counts the updates so far, those that may have failed included. It rises after a write can be read and before its
	// Update returns: whoever asks for the count first and reads rows afterwards knows that, while the count stands, nothing changed.
	// Uses of credentials do not count.
	Changes() uint64
	// TouchKey and TouchRole note when and where a credential was last used. One that is gone is no error.
	TouchKey(ctx context.Context, id string, at time.Time, region, service string) error
	TouchRole(ctx context.Context, id string, at time.Time, region string) error
}

// ErrNoRow says that the row asked for, or the row to change or delete, does not exist.
var ErrNoRow = errors.New("no such row")

// Tx is one transaction. Methods that find nothing return ErrNoRow; lists of nothing are empty. Writes fail inside a View. Names of
// principals, policies and tags are the same in any case.
type Tx interface {
	AccountRows
	PrincipalRows
	MemberRows
	OwnedRows
	PolicyRows
	KeyRows
	CredentialRows
}

// AccountRows are the accounts.
type AccountRows interface {
	Account(id string) (Account, error)
	Accounts() ([]Account, error)
	InsertAccount(account Account) error
}

// PrincipalRows are users, roles and groups.
type PrincipalRows interface {
	Principal(account string, kind Kind, name string) (Principal, error)
	PrincipalByID(id string) (Principal, error)
	// Principals gives at most limit principals whose path begins with prefix, in the order of their names, from the first above after.
	Principals(account string, kind Kind, prefix, after string, limit int) ([]Principal, error)
	CountPrincipals(account string, kind Kind) (int, error)
	InsertPrincipal(p Principal) error
	// ReplacePrincipal rewrites everything of an existing principal but its ID, Account, Kind and CreatedAt.
	ReplacePrincipal(p Principal) error
	DeletePrincipal(id string) error
}

// MemberRows say which users are in which groups, both by their unique ids. A membership ends with either of them.
type MemberRows interface {
	// Groups gives the groups of a user, Members the users of a group, each in the order of their names.
	Groups(user string) ([]Principal, error)
	Members(group string) ([]Principal, error)
	// PutMember and DeleteMember do nothing where the user is in the group, or is not, already.
	PutMember(group, user string) error
	DeleteMember(group, user string) error
}

// OwnedRows are what a principal carries, by its unique id, in the order of their names.
type OwnedRows interface {
	Inlines(owner string) ([]Inline, error)
	PutInline(owner string, policy Inline) error
	DeleteInline(owner, name string) error

	// Attachments gives the ARNs of the managed policies that are attached.
	Attachments(owner string) ([]string, error)
	// Attach adds an attachment; one that is there already is no error.
	Attach(owner, arn string) error
	Detach(owner, arn string) error

	// Tags are those of a principal or, by its ID, of a managed policy.
	Tags(owner string) ([]Tag, error)
	// PutTag adds a tag or replaces the one whose key differs in case at most.
	PutTag(owner string, tag Tag) error
	// DeleteTag removes a tag; one that is not there is no error.
	DeleteTag(owner, key string) error
}

// PolicyRows are the managed policies of accounts, and who uses them.
type PolicyRows interface {
	Policy(account, name string) (Policy, error)
	// Policies is to policies what Principals is to principals.
	Policies(account, prefix, after string, limit int) ([]Policy, error)
	CountPolicies(account string) (int, error)
	InsertPolicy(p Policy) error
	// ReplacePolicy rewrites DefaultVersion, LastVersion and UpdatedAt.
	ReplacePolicy(p Policy) error
	// DeletePolicy removes a policy with its versions and tags.
	DeletePolicy(id string) error

	Version(id string, number int) (Version, error)
	// Versions gives all versions, the newest first.
	Versions(id string) ([]Version, error)
	InsertVersion(id string, v Version) error
	DeleteVersion(id string, number int) error

	// Attached and Bounded give the principals of an account that a managed policy is attached to or that it bounds, in the order of their names.
	Attached(account, arn string) ([]Principal, error)
	Bounded(account, arn string) ([]Principal, error)
}

// KeyRows are access keys. Their ids are unique among all accounts.
type KeyRows interface {
	// Key gives an access key and its sealed secret.
	Key(id string) (AccessKey, []byte, error)
	// Keys gives the keys of a user, or with no owner those of the root, in the order of their creation.
	Keys(account, owner string) ([]AccessKey, error)
	// AllKeys gives the secrets of at most limit keys of all accounts in the order of their creation, from the first whose Sequence is
	// above after.
	AllKeys(after int64, limit int) ([]SealedSecret, error)
	InsertKey(key AccessKey, sealed []byte) error
	SetKeyStatus(id string, status Status) error
	ReplaceKeySecret(id string, sealed []byte) error
	DeleteKey(id string) error
}

// CredentialRows are service-specific credentials.
type CredentialRows interface {
	ServiceCredential(id string) (ServiceCredential, error)
	// ServiceCredentialByAlias gives the credential with the public part alias, and its sealed secret.
	ServiceCredentialByAlias(alias string) (ServiceCredential, []byte, error)
	// ServiceCredentials gives those of a user, or with no owner all of the account, in the order of their creation.
	ServiceCredentials(account, owner string) ([]ServiceCredential, error)
	// AllServiceCredentials is to these credentials what AllKeys is to access keys.
	AllServiceCredentials(after int64, limit int) ([]SealedSecret, error)
	InsertServiceCredential(c ServiceCredential, sealed []byte) error
	SetServiceCredentialStatus(id string, status Status) error
	ReplaceServiceSecret(id string, sealed []byte) error
	DeleteServiceCredential(id string) error
}

// SealedSecret is the secret of a credential as a store keeps it.
type SealedSecret struct {
	Sequence int64 // place in the order of creation, from 1
	Account  string
	ID       string // of the credential
	Sealed   []byte
}
