package gateway

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/sigv4"
)

// fallback is the protocol of answers to requests whose service is not known.
const fallback = "rest-json"

// Config is what a gateway is made of.
type Config struct {
	// Services are the operations that are served. Needed.
	Services []operation.Service
	// Protocols gives the wire protocols by the name that codec.Service.Protocol uses; "rest-json" is needed.
	Protocols map[string]codec.Protocol
	// Authenticator, Authorizer and Auditor are the policy of the phases of their names. Needed.
	Authenticator Authenticator
	Authorizer    Authorizer
	Auditor       Auditor
	// KeyService is the signing name of the services that take API keys, where Authenticator is a KeyAuthenticator. Default: none.
	KeyService string
	// Regions are the Regions that a credential scope may name. Default: any.
	Regions []string
	// Requests limits the calls a second of each account and Region, by operation name. An operation without an entry, or with 0, is
	// not limited.
	Requests map[string]float64
	// Limits protect the server from its clients.
	Limits Limits
	// Log takes one record a request. Default: none is written.
	Log *slog.Logger
	// Metrics is where the gateway's metrics are registered. Default: they are not.
	Metrics prometheus.Registerer
	// Now gives the time. Default: time.Now.
	Now func() time.Time
}

// Gateway is an http.Handler that serves the operations of its configuration.
type Gateway struct {
	config   Config
	phases   []phase
	names    map[string]*signingName
	open     *entry // the operations that are called without a signature; nil without one
	fallback codec.Protocol
	verifier sigv4.Verifier
	memory   *budget
	buffers  buffers
	metrics  *metrics
}

// phase is one step of every request.
type phase struct {
	name string
	run  func(*exchange) error
}

// New checks the configuration and makes a gateway of it. An incomplete operation, a route that is claimed twice or a protocol that is
// missing is an error; all problems are reported together.
func New(config Config) (*Gateway, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Limits = config.Limits.withDefaults()
	g := &Gateway{config: config, fallback: config.Protocols[fallback]}
	g.verifier.Now = config.Now
	g.memory = newBudget(config.Limits.BodyMemory, config.Limits.BodyMemoryPerHost)
	g.phases = []phase{
		{"limit", g.limit},
		{"route", g.route},
		{"identify", g.identify},
		{"read", g.read},
		{"action", g.action},
		{"verify", g.verify},
		{"throttle", g.throttle},
		{"decode", g.decode},
		{"check", g.check},
		{"authorise", g.authorise},
		{"audit", g.audit},
		{"handle", g.handle},
		{"encode", g.encode},
		{"stream", g.stream},
	}
	var problems []error
	if g.fallback == nil {
		problems = append(problems, errors.New("no protocol "+fallback))
	}
	if config.Authenticator == nil || config.Authorizer == nil || config.Auditor == nil {
		problems = append(problems, errors.New("an authenticator, an authorizer and an auditor are needed"))
	}
	var err error
	if g.names, g.open, err = newNames(config); err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if g.metrics, err = newMetrics(config.Metrics, g.memory); err != nil {
		return nil, err
	}
	return g, nil
}

// ServeHTTP takes a request through all phases and answers it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := g.arrive(w, r)
	defer g.release(x)
	if err := g.run(x); err != nil {
		g.fail(x, err)
	}
	g.finishAudit(x)
	g.send(x)
	g.record(x)
}

// run takes x through the phases up to the first that fails.
func (g *Gateway) run(x *exchange) error {
	return g.guard(x, func() error {
		for _, p := range g.phases {
			x.phase = p.name
			if err := p.run(x); err != nil {
				return err
			}
		}
		return nil
	})
}
