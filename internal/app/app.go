// Package app puts Merlon together: it alone picks implementations, and it starts and stops what runs.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/gateway/listen"
	"merlon.dev/merlon/internal/store/sqlite"
)

// Options are what a server is made of.
type Options struct {
	Config config.Resolved
	Stdout io.Writer // takes the ready line and nothing else
	Stderr io.Writer // takes the log, and in dev mode words for the person who started it
	Demo   bool      // shows a guardrail at work where the store is empty
}

// App is a server that listens. Whoever made it stops it.
type App struct {
	options   Options
	log       *slog.Logger
	store     *sqlite.Store
	audit     *auditing
	keys      *keeping
	detectors *detectorModels // nil in a build without weights
	models    *models
	server    *http.Server
	listener  net.Listener
	metrics   *metricsServer // nil without a metrics listener
	served    chan error     // ends with what Serve returned
}

// New opens the store and the listeners and puts the server together. It takes no request yet.
func New(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{options: o, log: newLogger(o.Config.Log, o.Stderr), served: make(chan error, 1)}
	// The models, of the detectors before all, take most of the start: they are loaded beside all that does not need them.
	var loading errgroup.Group
	loading.Go(func() (err error) {
		a.detectors, err = openDetectorModels("")
		return err
	})
	loading.Go(func() (err error) {
		a.models, err = openModels(o.Config)
		return err
	})
	defer func() {
		if err != nil {
			_ = loading.Wait() // the first error is the one to tell
			a.release()
		}
	}()
	if a.store, err = sqlite.Open(ctx, o.Config.Data); err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	keyring, err := openKeyring(ctx, a.store, o.Config)
	if err != nil {
		return nil, err
	}
	if a.audit, err = openAudit(ctx, o.Config.Data, keyring, a.log); err != nil {
		return nil, fmt.Errorf("open audit journal: %w", err)
	}
	if a.keys, err = openKeys(ctx, a.store.KMS(), keyring, a.log); err != nil {
		return nil, err
	}
	if err = loading.Wait(); err != nil {
		return nil, err
	}
	if a.detectors == nil {
		a.log.Warn("this build has no models: guardrails that need one fail closed")
	}
	registry := prometheus.NewRegistry()
	front, err := assemble(ctx, a.store, o.Config, a.log, keyring, a.keys.Service, a.audit, registry, a.detectors.factories(), a.models)
	if err != nil {
		return nil, err
	}
	g, err := gateway.New(front)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	a.server = gateway.NewServer(g)
	a.server.ErrorLog = slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)
	if a.listener, err = net.Listen("tcp", o.Config.Listen); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if o.Config.Metrics != "" {
		if a.metrics, err = newMetricsServer(o.Config.Metrics, registry); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Endpoint gives the URL that clients use.
func (a *App) Endpoint() string {
	scheme := "http"
	if a.options.Config.Certificate != nil {
		scheme = "https"
	}
	return scheme + "://" + a.listener.Addr().String()
}

// Start begins to take requests and returns at once.
func (a *App) Start() {
	limits := a.options.Config.Limits
	bounded := listen.Limit(a.listener, limits.Connections, limits.ConnectionsPerHost)
	go func() { a.served <- a.serve(bounded) }()
	if a.metrics != nil {
		a.metrics.start()
	}
}

func (a *App) serve(l net.Listener) error {
	if first := a.options.Config.Certificate; first != nil {
		a.server.TLSConfig = newCertificate(a.options.Config.TLS, first, a.log, time.Now).tlsConfig()
		return a.server.ServeTLS(l, "", "")
	}
	return a.server.Serve(l)
}

// Stop refuses new requests, waits for open ones until ctx ends, and closes the store.
func (a *App) Stop(ctx context.Context) error {
	err := a.server.Shutdown(ctx)
	if err != nil {
		a.log.Warn("requests were cut off", "error", err)
		err = a.server.Close()
	}
	_ = <-a.served // ErrServerClosed, or what Run has told already
	if a.metrics != nil {
		a.metrics.stop()
	}
	a.detectors.close()
	if a.models != nil {
		a.models.Close()
	}
	a.keys.Close()
	return errors.Join(err, a.audit.Close(), a.store.Close())
}

// release closes what New opened before it failed.
func (a *App) release() {
	if a.listener != nil {
		_ = a.listener.Close() // nothing was accepted
	}
	a.detectors.close()
	if a.models != nil {
		a.models.Close()
	}
	if a.keys != nil {
		a.keys.Close()
	}
	if a.audit != nil {
		if err := a.audit.Close(); err != nil {
			a.log.Error("close audit journal", "error", err)
		}
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("close store", "error", err)
		}
	}
}

// Run serves until ctx ends, then drains.
func Run(ctx context.Context, o Options) error {
	if err := refuseCoreDumps(); err != nil {
		return err
	}
	a, err := New(ctx, o)
	if err != nil {
		return err
	}
	a.Start()
	if _, err := fmt.Fprintf(o.Stdout, "merlon ready %s\n", a.Endpoint()); err != nil {
		a.log.Warn("nobody reads the ready line", "error", err)
	}
	if o.Demo {
		if err := a.demo(ctx); err != nil {
			a.log.Error("demo", "error", err)
		}
	}
	var failure error
	select {
	case <-ctx.Done():
		a.log.Info("draining", "limit", o.Config.Limits.Drain)
	case err := <-a.served:
		a.served <- err // Stop waits for it
		failure = fmt.Errorf("serve: %w", err)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Config.Limits.Drain)
	defer cancel()
	return errors.Join(failure, a.Stop(drain))
}
