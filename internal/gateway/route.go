package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway/route"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/rate"
	"merlon.dev/merlon/internal/sigv4"
)

// signingName is all services that share the service part of a credential scope, as the Bedrock ones do.
type signingName struct {
	rules   sigv4.Rules
	dialect sigv4.Dialect
	unknown *entry             // speaks where the operation is not known
	paths   route.Tree[*entry] // of the REST protocols
	targets map[string]*entry  // by X-Amz-Target, of the JSON protocols
	byBody  *entry             // of the query protocols; nil without one
}

// front is what the operations of one service share.
type front struct {
	schema   *codec.Service
	protocol codec.Protocol
	codes    map[fault.Kind]string
	statuses map[string]int // by code
}

// entry is one operation of a model. Those that are not served are entries too, so that their requests reach no other operation.
type entry struct {
	name      *signingName
	front     *front
	schema    *codec.Operation
	operation *operation.Operation // nil where it is not served
	requests  *rate.Limiter        // nil without a quota
	// actions is set while the operation is not known yet, because the body names it.
	actions *actions
}

// newNames routes every operation of every service. open is the operations that are called without a signature, nil where none is.
func newNames(config Config) (names map[string]*signingName, open *entry, err error) {
	names = map[string]*signingName{}
	var problems []error
	for _, service := range config.Services {
		if err := service.Check(); err != nil {
			problems = append(problems, err)
			continue
		}
		schema := service.Schema
		f := &front{schema: schema, protocol: config.Protocols[schema.Protocol], codes: service.Codes, statuses: map[string]int{}}
		if f.protocol == nil {
			problems = append(problems, fmt.Errorf("service %s: no protocol %q", schema.Name, schema.Protocol))
			continue
		}
		for _, e := range schema.Exceptions {
			f.statuses[e.Code] = e.Status
		}
		name := names[schema.SigningName]
		if name == nil {
			name = newName(schema, config.Regions)
			name.unknown = &entry{name: name, front: f}
			names[schema.SigningName] = name
		}
		problems = append(problems, name.add(service, f, config)...)
		open = name.unsigned(open, f)
	}
	for name := range config.Requests {
		if !serves(config.Services, name) {
			problems = append(problems, fmt.Errorf("a rate for %s, which is not served", name))
		}
	}
	return names, open, errors.Join(problems...)
}

func serves(services []operation.Service, name string) bool {
	return slices.ContainsFunc(services, func(s operation.Service) bool {
		return slices.ContainsFunc(s.Operations, func(op operation.Operation) bool { return op.Schema != nil && op.Schema.Name == name })
	})
}

func newName(schema *codec.Service, regions []string) *signingName {
	name := &signingName{
		rules:   sigv4.Rules{Service: schema.SigningName, Regions: regions},
		dialect: sigv4.JSON,
		targets: map[string]*entry{},
	}
	switch schema.Protocol {
	case "query", "ec2":
		name.dialect = sigv4.Query
	case "rest-xml":
		name.dialect = sigv4.S3
		name.rules.PathEncodedOnce, name.rules.UnsignedPayload = true, true
	}
	return name
}

// add routes every operation of a service. The served ones go first, so that a route claimed twice is an error between those alone.
func (n *signingName) add(service operation.Service, f *front, config Config) (problems []error) {
	served := map[string]bool{}
	for i := range service.Operations {
		op := &service.Operations[i]
		if served[op.Schema.Name] {
			problems = append(problems, fmt.Errorf("operation %s: served twice", op.Schema.Name))
		}
		served[op.Schema.Name] = true
		if op.Schema.NewInput == nil {
			problems = append(problems, fmt.Errorf("operation %s: its shapes are not generated", op.Schema.Name))
		}
		if op.Unsigned && f.schema.Protocol != "query" {
			problems = append(problems, fmt.Errorf("operation %s: only a query service is called without a signature", op.Schema.Name))
		}
		e := &entry{name: n, front: f, schema: op.Schema, operation: op}
		if perSecond := config.Requests[op.Schema.Name]; perSecond > 0 {
			e.requests = rate.New(perSecond, config.Now)
		}
		if err := n.addOne(e); err != nil {
			problems = append(problems, err)
		}
	}
	for _, schema := range service.Schema.Operations {
		if !served[schema.Name] {
			_ = n.addOne(&entry{name: n, front: f, schema: schema}) // where a served operation has the route, that one is meant
		}
	}
	return problems
}

func (n *signingName) addOne(e *entry) error {
	switch e.front.schema.Protocol {
	case "rest-json", "rest-xml", "openai-json":
		return n.paths.Add(e.schema.Method, e.schema.URI, e)
	case "json":
		target := e.front.schema.TargetPrefix + "." + e.schema.Name
		if n.targets[target] != nil {
			return fmt.Errorf("target %s: already taken", target)
		}
		n.targets[target] = e
		return nil
	case "query":
		return n.addAction(e)
	default:
		return fmt.Errorf("service %s: requests of protocol %q cannot be routed", e.front.schema.Name, e.front.schema.Protocol)
	}
}

// route reads who signed for which service and finds the operation.
func (g *Gateway) route(x *exchange) error {
	if scheme, key, _ := strings.Cut(x.r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return g.routeKey(x, strings.TrimSpace(key))
	}
	claim, err := sigv4.Parse(x.r)
	if err != nil {
		if g.mayBeOpen(x.r, err) {
			x.entry = g.open
			return nil
		}
		return err
	}
	x.claim = claim
	name := g.names[claim.Service]
	if name == nil {
		return &sigv4.Error{Reason: sigv4.WrongScope, Message: "Credential should be scoped to correct service: no service of that name is served here."}
	}
	return g.routeTo(x, name)
}

// routeKey finds the operation of a request that comes with an API key. It may not be signed as well.
func (g *Gateway) routeKey(x *exchange, key string) error {
	var refused *sigv4.Error
	if _, err := sigv4.Parse(x.r); errors.As(err, &refused) && refused.Reason == sigv4.Ambiguous {
		return err
	}
	name := g.names[g.config.KeyService]
	if name == nil || key == "" {
		return errNoKeys()
	}
	x.apiKey = key
	return g.routeTo(x, name)
}

func errNoKeys() error {
	return fault.New(fault.Denied, "API keys (Authorization: Bearer) are not taken here. Sign the request with AWS Signature Version 4.")
}

// routeTo finds the operation among those of a signing name.
func (g *Gateway) routeTo(x *exchange, name *signingName) error {
	x.entry = name.unknown
	found, ok := name.find(x)
	if ok {
		x.entry = found
	}
	if !ok || found.operation == nil && found.actions == nil {
		return unknown()
	}
	return nil
}

func unknown() error {
	return fault.New(fault.Unknown, "The requested operation is not recognized by the service.")
}

func (n *signingName) find(x *exchange) (*entry, bool) {
	path := x.r.URL.EscapedPath()
	if target := x.r.Header.Get("X-Amz-Target"); target != "" && len(n.targets) > 0 {
		e := n.targets[target]
		return e, e != nil && x.r.Method == http.MethodPost && path == "/"
	}
	if n.byBody != nil && byBody(x.r.Method, path) {
		return n.byBody, true
	}
	// A signature may cover the path without its dot segments (see sigv4), so they must not lead anywhere else here. S3 signs keys as
	// they are.
	if !n.rules.PathEncodedOnce && strings.Contains(path, "/.") && slices.ContainsFunc(strings.Split(path, "/"), dots) {
		return nil, false
	}
	var e *entry
	var ok bool
	e, x.labels, ok = n.paths.Find(x.r.Method, path, x.r.URL.RawQuery, x.room[:0])
	return e, ok
}

func dots(segment string) bool { return segment == "." || segment == ".." }
