package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/sigv4"
)

// actions is operations that requests name in a parameter of their body.
type actions struct {
	reader   codec.ActionReader
	entries  map[versioned]*entry
	limit    int64 // the largest body of a served one
	unsigned bool
}

// versioned names an operation of one version of an API: services that share a signing name may share names of operations.
type versioned struct{ version, name string }

func newActions(n *signingName, f *front) (*entry, error) {
	reader, ok := f.protocol.(codec.ActionReader)
	if !ok {
		return nil, fmt.Errorf("service %s: requests of protocol %q cannot be routed, it reads no actions", f.schema.Name, f.schema.Protocol)
	}
	return &entry{name: n, front: f, actions: &actions{reader: reader, entries: map[versioned]*entry{}}}, nil
}

func (a *actions) add(e *entry) error {
	key := versioned{e.front.schema.APIVersion, e.schema.Name}
	if a.entries[key] != nil {
		return fmt.Errorf("action %s of version %s: already taken", key.name, key.version)
	}
	a.entries[key] = e
	if e.operation != nil {
		a.limit = max(a.limit, e.operation.BodyLimit)
	}
	return nil
}

func (n *signingName) addAction(e *entry) (err error) {
	if n.byBody == nil {
		if n.byBody, err = newActions(n, e.front); err != nil {
			return err
		}
	}
	return n.byBody.actions.add(e)
}

// unsigned adds a service's served operations that are called without a signature to open.
func (n *signingName) unsigned(open *entry, f *front) *entry {
	if n.byBody == nil {
		return open
	}
	for key, e := range n.byBody.actions.entries {
		if e.front != f || e.operation == nil || !e.operation.Unsigned {
			continue
		}
		if open == nil {
			open = &entry{name: n, front: f, actions: &actions{reader: n.byBody.actions.reader, entries: map[versioned]*entry{}, unsigned: true}}
		}
		open.actions.entries[key] = e
		open.actions.limit = max(open.actions.limit, e.operation.BodyLimit)
	}
	return open
}

// byBody reports whether a request may name its operation in its body, or in its URL as a presigned one does.
func byBody(method, path string) bool {
	return path == "/" && (method == http.MethodPost || method == http.MethodGet)
}

// mayBeOpen reports whether a request without a signature may call an operation that needs none.
func (g *Gateway) mayBeOpen(r *http.Request, err error) bool {
	var refused *sigv4.Error
	return g.open != nil && errors.As(err, &refused) && refused.Reason == sigv4.Missing && r.Method == http.MethodPost &&
		byBody(r.Method, r.URL.EscapedPath()) && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// action finds the operation of a request that names it in its body, now that the body is there.
func (g *Gateway) action(x *exchange) error {
	known := x.entry.actions
	if known == nil {
		return nil
	}
	name, version, err := known.reader.Action(x.r, x.body)
	e := known.entries[versioned{version, name}]
	switch {
	case known.unsigned && (err != nil || e == nil):
		return sigv4.Refuse(sigv4.Missing)
	case err != nil:
		return err
	case name == "":
		return &fault.Error{Kind: fault.Unknown, Code: "MissingAction", Message: "The request is missing an action."}
	case e == nil:
		return unknown()
	}
	x.entry = e
	if e.operation == nil {
		return unknown()
	}
	if int64(len(x.body)) > e.operation.BodyLimit {
		return tooLarge(e.operation.BodyLimit)
	}
	return nil
}
