package authorize

import (
	"context"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// known is what can be known about a call. Values are made for the condition keys that a policy reads, and for no others.
type known struct {
	call        *operation.Call
	requirement *operation.Requirement
	request     *policy.Request
	principal   *directory.Principal
	resource    *operation.ResourceSide
	tags        map[string]string // of the resource, once asked for
	asked       bool
}

// fill puts every key that the policies of in read into the request's context.
func (k *known) fill(ctx context.Context, in *policy.Inputs) error {
	sets := []*policy.Set{in.Identity, in.Boundary, in.Session, in.Resource, in.Endpoint}
	sets = append(sets, in.ServiceControl...)
	sets = append(sets, in.ResourceControl...)
	for _, set := range sets {
		for _, key := range set.ContextKeys() {
			if err := k.set(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *known) set(ctx context.Context, key string) error {
	if value, ok := k.global(key); ok {
		if value != "" {
			k.request.Context.Set(key, value)
		}
		return nil
	}
	if name, ok := strings.CutPrefix(key, "AWS:PRINCIPALTAG/"); ok {
		if value, ok := k.principalTag(name); ok {
			k.request.Context.Set(key, value)
		}
		return nil
	}
	// What the operation says of itself comes first: it may know the tags of a resource that has none yet, or whose domain keeps them.
	for name, values := range k.requirement.Context {
		if strings.EqualFold(name, key) {
			k.request.Context.Set(key, values...)
			return nil
		}
	}
	if name, ok := resourceTag(key); ok {
		return k.setResourceTag(ctx, key, name)
	}
	return nil
}

// resourceTag gives the tag key in aws:ResourceTag/key or, of services that have one of their own, iam:ResourceTag/key.
func resourceTag(key string) (string, bool) {
	_, name, ok := strings.Cut(key, ":RESOURCETAG/")
	return name, ok
}

func (k *known) setResourceTag(ctx context.Context, key, name string) error {
	if !k.asked && k.resource.Tags != nil {
		var err error
		if k.tags, err = k.resource.Tags(ctx); err != nil {
			return err
		}
	}
	k.asked = true
	for tag, value := range k.tags {
		if strings.EqualFold(tag, name) {
			k.request.Context.Set(key, value)
			return nil
		}
	}
	return nil
}

// principalTag gives a tag of the caller: one of the session hides one of the user or role.
func (k *known) principalTag(name string) (string, bool) {
	if session := k.call.Session; session != nil {
		for tag, value := range session.Tags {
			if strings.EqualFold(tag, name) {
				return value, true
			}
		}
	}
	if k.principal != nil {
		for _, tag := range k.principal.Tags {
			if strings.EqualFold(tag.Key, name) {
				return tag.Value, true
			}
		}
	}
	return "", false
}

// global gives the value of a condition key that every call has, empty where this one lacks it; ok is false for other keys. Source:
// IAM User Guide, "AWS global condition context keys".
func (k *known) global(key string) (value string, ok bool) {
	c := k.call
	switch key {
	case "AWS:PRINCIPALARN":
		if c.Kind == policy.RoleSession {
			return c.Issuer, true
		}
		return arnOrNothing(c), true
	case "AWS:PRINCIPALACCOUNT":
		return c.Account, true
	case "AWS:PRINCIPALTYPE":
		return principalType(c.Kind), true
	case "AWS:USERID":
		return c.UserID, true
	case "AWS:USERNAME":
		return c.UserName, true
	case "AWS:SOURCEIP":
		if c.Endpoint != "" {
			return "", true
		}
		return c.SourceIP, true
	case "AWS:VPCSOURCEIP":
		if c.Endpoint == "" {
			return "", true
		}
		return c.SourceIP, true
	case "AWS:SOURCEVPCE":
		return c.Endpoint, true
	case "AWS:SECURETRANSPORT":
		return strconv.FormatBool(c.Secure), true
	case "AWS:CURRENTTIME":
		return c.Time.UTC().Format(time.RFC3339), true
	case "AWS:EPOCHTIME":
		return strconv.FormatInt(c.Time.Unix(), 10), true
	case "AWS:REQUESTEDREGION":
		return c.Region, true
	case "AWS:USERAGENT":
		return c.UserAgent, true
	case "AWS:VIAAWSSERVICE", "AWS:PRINCIPALISAWSSERVICE":
		return strconv.FormatBool(c.Kind == policy.Service), true
	case "AWS:PRINCIPALSERVICENAME":
		if c.Kind != policy.Service {
			return "", true
		}
		return c.Principal, true
	case "AWS:SOURCEACCOUNT":
		return c.SourceAccount, true
	case "AWS:SOURCEARN":
		return c.SourceARN, true
	case "AWS:RESOURCEACCOUNT":
		return k.request.ResourceAccount, true
	case "BEDROCK:BEARERTOKENTYPE":
		return string(c.Bearer), true
	default:
		return k.ofSession(key)
	}
}

// ofSession gives the values that only temporary credentials have.
func (k *known) ofSession(key string) (value string, ok bool) {
	s := k.call.Session
	switch key {
	case "AWS:MULTIFACTORAUTHPRESENT", "AWS:TOKENISSUETIME", "AWS:SOURCEIDENTITY", "AWS:FEDERATEDPROVIDER":
	default:
		return "", false
	}
	if s == nil {
		return "", true
	}
	switch key {
	case "AWS:MULTIFACTORAUTHPRESENT":
		return strconv.FormatBool(s.MFA), true
	case "AWS:TOKENISSUETIME":
		return s.IssuedAt.UTC().Format(time.RFC3339), true
	case "AWS:SOURCEIDENTITY":
		return s.SourceIdentity, true
	default:
		return s.Provider, true
	}
}

func arnOrNothing(c *operation.Call) string {
	if c.Kind == policy.Service || c.Kind == policy.Anonymous {
		return ""
	}
	return c.Principal
}

// principalType gives the value of aws:PrincipalType.
func principalType(kind policy.PrincipalKind) string {
	switch kind {
	case policy.Root:
		return "Account"
	case policy.User:
		return "User"
	case policy.RoleSession:
		return "AssumedRole"
	case policy.FederatedUser:
		return "FederatedUser"
	case policy.Anonymous:
		return "Anonymous"
	default:
		return ""
	}
}
