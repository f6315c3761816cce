package iam

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/secret"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// credentialUser gives the user whose service-specific credentials are meant. The root has none.
func credentialUser(call *operation.Call, name *string) (string, error) {
	user := userName(call, name)
	if user == "" {
		return "", fault.New(fault.Invalid, "Must specify userName when calling with non-User credentials")
	}
	return user, nil
}

// expires is ExpirationDate: nil where the credential does not expire.
func expires(c iam.ServiceCredential) *time.Time {
	if c.ExpiresAt.IsZero() {
		return nil
	}
	return &c.ExpiresAt
}

// credential maps a service-specific credential with its secret.
func credential(c iam.ServiceCredential, user string, key secret.String) *wire.ServiceSpecificCredential {
	return &wire.ServiceSpecificCredential{
		CreateDate: &c.CreatedAt, ExpirationDate: expires(c), ServiceName: &c.Service, ServiceCredentialAlias: &c.Alias,
		ServiceCredentialSecret: new(key.Reveal()), ServiceSpecificCredentialId: &c.ID, UserName: &user, Status: new(wire.StatusType(c.Status)),
	}
}

func (s service) createServiceSpecificCredential() operation.Operation {
	return define(wire.CreateServiceSpecificCredential, operation.Write,
		func(call *operation.Call, in *wire.CreateServiceSpecificCredentialRequest) []operation.Requirement {
			known := keys{}.with("iam:ServiceSpecificCredentialServiceName", in.ServiceName)
			return []operation.Requirement{s.on(call, "CreateServiceSpecificCredential", iam.User, text(in.UserName), known)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateServiceSpecificCredentialRequest) (*wire.CreateServiceSpecificCredentialResponse, error) {
			var age time.Duration
			if in.CredentialAgeDays != nil {
				age = time.Duration(*in.CredentialAgeDays) * 24 * time.Hour
			}
			c, key, err := s.identities.CreateServiceCredential(ctx, scopeOf(call), text(in.UserName), text(in.ServiceName), age)
			if err != nil {
				return nil, err
			}
			return &wire.CreateServiceSpecificCredentialResponse{ServiceSpecificCredential: credential(c, text(in.UserName), key)}, nil
		})
}

func (s service) listServiceSpecificCredentials() operation.Operation {
	return define(wire.ListServiceSpecificCredentials, operation.Read,
		func(call *operation.Call, in *wire.ListServiceSpecificCredentialsRequest) []operation.Requirement {
			if in.AllUsers != nil && *in.AllUsers {
				return all(call, "ListServiceSpecificCredentials", "user/*")
			}
			return s.onKeys(call, "ListServiceSpecificCredentials", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListServiceSpecificCredentialsRequest) (*wire.ListServiceSpecificCredentialsResponse, error) {
			query := iam.ListServiceCredentials{Service: text(in.ServiceName)}
			if in.AllUsers == nil || !*in.AllUsers {
				user, err := credentialUser(call, in.UserName)
				if err != nil {
					return nil, err
				}
				query.UserName = user
			}
			found, names, err := s.identities.ServiceCredentials(ctx, scopeOf(call), query)
			if err != nil {
				return nil, err
			}
			out := &wire.ListServiceSpecificCredentialsResponse{ServiceSpecificCredentials: make([]wire.ServiceSpecificCredentialMetadata, len(found))}
			for i, c := range found {
				out.ServiceSpecificCredentials[i] = wire.ServiceSpecificCredentialMetadata{
					UserName: new(names[c.Owner]), Status: new(wire.StatusType(c.Status)), ServiceCredentialAlias: &c.Alias, CreateDate: &c.CreatedAt,
					ExpirationDate: expires(c), ServiceSpecificCredentialId: &c.ID, ServiceName: &c.Service,
				}
			}
			return out, nil
		})
}

func (s service) updateServiceSpecificCredential() operation.Operation {
	return define(wire.UpdateServiceSpecificCredential, operation.Write,
		func(call *operation.Call, in *wire.UpdateServiceSpecificCredentialRequest) []operation.Requirement {
			return s.onKeys(call, "UpdateServiceSpecificCredential", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateServiceSpecificCredentialRequest) (*codec.Empty, error) {
			user, err := credentialUser(call, in.UserName)
			if err != nil {
				return nil, err
			}
			status, err := statusOf(*in.Status)
			if err != nil {
				return nil, err
			}
			return done(s.identities.SetServiceCredentialStatus(ctx, scopeOf(call), user, text(in.ServiceSpecificCredentialId), status))
		})
}

func (s service) resetServiceSpecificCredential() operation.Operation {
	return define(wire.ResetServiceSpecificCredential, operation.Write,
		func(call *operation.Call, in *wire.ResetServiceSpecificCredentialRequest) []operation.Requirement {
			return s.onKeys(call, "ResetServiceSpecificCredential", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ResetServiceSpecificCredentialRequest) (*wire.ResetServiceSpecificCredentialResponse, error) {
			user, err := credentialUser(call, in.UserName)
			if err != nil {
				return nil, err
			}
			c, key, err := s.identities.ResetServiceCredential(ctx, scopeOf(call), user, text(in.ServiceSpecificCredentialId))
			if err != nil {
				return nil, err
			}
			return &wire.ResetServiceSpecificCredentialResponse{ServiceSpecificCredential: credential(c, user, key)}, nil
		})
}

func (s service) deleteServiceSpecificCredential() operation.Operation {
	return define(wire.DeleteServiceSpecificCredential, operation.Write,
		func(call *operation.Call, in *wire.DeleteServiceSpecificCredentialRequest) []operation.Requirement {
			return s.onKeys(call, "DeleteServiceSpecificCredential", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteServiceSpecificCredentialRequest) (*codec.Empty, error) {
			user, err := credentialUser(call, in.UserName)
			if err != nil {
				return nil, err
			}
			return done(s.identities.DeleteServiceCredential(ctx, scopeOf(call), user, text(in.ServiceSpecificCredentialId)))
		})
}
