package gateway

import (
	"errors"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of the front. Labels come from the models and the exception tables, never from a request.
type metrics struct {
	requests      *prometheus.CounterVec
	seconds       *prometheus.HistogramVec
	inFlight      prometheus.Gauge
	panics        prometheus.Counter
	auditFailures prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer, memory *budget) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "merlon_requests_total", Help: "Answered requests by service, operation and code (OK or an exception).",
		}, []string{"service", "operation", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "merlon_request_seconds", Help: "Time from the headers to the answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"service", "operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "merlon_requests_in_flight", Help: "Requests that are being served."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "merlon_panics_total", Help: "Panics that were turned into internal errors."}),
		auditFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "merlon_audit_failures_total", Help: "Audit records that could not be written.",
		}),
	}
	if registerer == nil {
		return m, nil
	}
	bodies := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "merlon_request_body_bytes", Help: "Memory that request bodies hold.",
	}, memory.inUse)
	var problems []error
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.inFlight, m.panics, m.auditFailures, bodies} {
		problems = append(problems, registerer.Register(c))
	}
	return m, errors.Join(problems...)
}

// record counts the request and writes its one log record. It holds no content of request or answer.
func (g *Gateway) record(x *exchange) {
	service, operation, code := "", "", "OK"
	if x.entry != nil {
		service = x.entry.front.schema.Name
		if x.entry.schema != nil {
			operation = x.entry.schema.Name
		}
	}
	if x.failure.Code != "" {
		code = x.failure.Code
	}
	duration := g.config.Now().Sub(x.start)
	g.metrics.requests.WithLabelValues(service, operation, code).Inc()
	g.metrics.seconds.WithLabelValues(service, operation).Observe(duration.Seconds())

	level := slog.LevelInfo
	if x.answer.status >= 500 {
		level = slog.LevelError
	}
	ctx := x.r.Context()
	if !g.config.Log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 16)
	attrs = append(attrs,
		slog.String("request_id", x.id), slog.String("service", service), slog.String("operation", operation),
		slog.Int("status", x.answer.status), slog.String("code", code), slog.Duration("duration", duration),
		slog.Int("request_bytes", len(x.body)), slog.Int("response_bytes", len(x.answer.body)+x.streamed), slog.String("source_ip", x.host))
	if x.call != nil {
		attrs = append(attrs, slog.String("account", x.call.Account), slog.String("region", x.call.Region), slog.String("principal", x.call.Principal))
	}
	if x.err != nil {
		attrs = append(attrs, slog.String("phase", x.phase))
	}
	if x.answer.status >= 500 {
		// Messages to callers may quote their input; the text of an internal error must not, and is needed here.
		attrs = append(attrs, slog.Any("error", x.err))
	}
	if x.stack != nil {
		attrs = append(attrs, slog.String("stack", string(x.stack)))
	}
	g.config.Log.LogAttrs(ctx, level, "request", attrs...)
}
