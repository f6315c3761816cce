package gateway_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/gateway/gatewaytest"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/secret"
)

// TestNewRefuses: what is incomplete does not start.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*gateway.Config)
		want   string
	}{
		{"no authenticator", func(c *gateway.Config) { c.Authenticator = nil }, "authenticator"},
		{"no authorizer", func(c *gateway.Config) { c.Authorizer = nil }, "authorizer"},
		{"no auditor", func(c *gateway.Config) { c.Auditor = nil }, "auditor"},
		{"no protocol", func(c *gateway.Config) { c.Protocols = nil }, "no protocol"},
		{"no audit class", func(c *gateway.Config) { c.Services[0].Operations[0].Audit = "" }, "no audit class"},
		{"no effect", func(c *gateway.Config) { c.Services[0].Operations[0].Effect = "" }, "no effect"},
		{"no body limit", func(c *gateway.Config) { c.Services[0].Operations[0].BodyLimit = 0 }, "no body limit"},
		{"nothing to authorise", func(c *gateway.Config) { c.Services[0].Operations[0].Requires = nil }, "authorise"},
		{"no handler", func(c *gateway.Config) { c.Services[1].Operations[0].Handle = nil }, "no handler"},
		{"no schema", func(c *gateway.Config) { c.Services[1].Schema = nil }, "schema"},
		{"a service twice", func(c *gateway.Config) { c.Services = append(c.Services, c.Services[0]) }, "already taken"},
		{"an operation twice", func(c *gateway.Config) {
			c.Services[0].Operations = append(c.Services[0].Operations, c.Services[0].Operations[0])
		}, "served twice"},
		{"shapes not generated", func(c *gateway.Config) { c.Services[0].Operations[0].Schema = unserved(c.Services[0].Schema) }, "not generated"},
		{"protocol that cannot be routed", func(c *gateway.Config) {
			schema := *c.Services[0].Schema
			schema.Protocol = "query"
			c.Services[0].Schema = &schema
			c.Protocols = map[string]codec.Protocol{"query": restjson.Protocol{}, "rest-json": restjson.Protocol{}}
		}, "cannot be routed"},
		{"an action twice", func(c *gateway.Config) {
			schema := *c.Services[0].Schema
			schema.Protocol = "query"
			c.Services[0].Schema = &schema
			c.Services = append(c.Services, c.Services[0])
			c.Protocols["query"] = awsquery.Protocol{}
		}, "already taken"},
		{"unsigned outside of a query service", func(c *gateway.Config) { c.Services[0].Operations[0].Unsigned = true }, "without a signature"},
		{"a rate for nothing", func(c *gateway.Config) { c.Requests = map[string]float64{"ApplyGuardrial": 1} }, "ApplyGuardrial"},
		{"metrics taken", func(c *gateway.Config) {
			c.Metrics = prometheus.NewRegistry()
			if _, err := gateway.New(*c); err != nil { // it registers its own
				panic(err)
			}
		}, "duplicate metrics"},
	} {
		config := complete(t)
		c.change(&config)
		if _, err := gateway.New(config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := gateway.New(complete(t)); err != nil {
		t.Errorf("complete: %v", err)
	}
}

func complete(t *testing.T) gateway.Config {
	t.Helper()
	authenticator, err := gatewaytest.NewRootAuthenticator(gatewaytest.Root{Account: account, AccessKeyID: "AKIDROOT", Secret: secret.New("s")})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{auditor: &recordingAuditor{}}
	return gateway.Config{
		Services: f.services(), Protocols: map[string]codec.Protocol{"rest-json": restjson.Protocol{}},
		Authenticator: authenticator, Authorizer: gatewaytest.RootAuthorizer{}, Auditor: f.auditor,
	}
}

func unserved(s *codec.Service) *codec.Operation {
	for _, op := range s.Operations {
		if op.NewInput == nil {
			return op
		}
	}
	return nil
}

// TestTargets routes a JSON service by X-Amz-Target, beside a REST service of the same name.
func TestTargets(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) {
		op := f.config.Services[1].Operations[0]
		schema := *op.Schema
		schema.Name, schema.Method, schema.URI = "Create", "POST", "/"
		service := codec.NewService(codec.Service{Name: "keys", SigningName: "keys", TargetPrefix: "KeyService", Protocol: "json"}, &schema)
		op.Schema = &schema
		f.config.Protocols["json"] = restjson.Protocol{}
		f.config.Services = append(f.config.Services, operation.Service{Schema: service, Operations: []operation.Operation{op}})
	})
	f.signer.Service = "keys"
	for target, want := range map[string]string{"KeyService.Create": "OK", "KeyService.Delete": "UnknownOperationException", "Create": "UnknownOperationException", "": "UnknownOperationException"} {
		r := f.request(t, "POST", "/", createBody, nil)
		if target != "" {
			r.Header.Set("X-Amz-Target", target)
		}
		f.signer.Sign(r, hashOf(createBody), now)
		if a := send(t, r); a.code() != want {
			t.Errorf("%q: %s %s", target, a.code(), a.text)
		}
	}
}

// TestAccessKeyTwice: one key cannot stand for two accounts.
func TestAccessKeyTwice(t *testing.T) {
	t.Parallel()
	if _, err := gatewaytest.NewRootAuthenticator(gatewaytest.Root{AccessKeyID: "A", Account: "1"}, gatewaytest.Root{AccessKeyID: "A", Account: "2"}); err == nil {
		t.Error("taken")
	}
}
