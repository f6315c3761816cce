package gateway

import (
	"log/slog"
	"net/http"
)

// NewServer makes the HTTP server for a gateway: it bounds the headers and the time for them, and what lies between two requests. The
// gateway sets the deadlines of body and answer itself, by request. Connections are bounded by package listen.
//
// HTTP/2 is spoken over TLS and, with prior knowledge, in the clear: the AWS SDK for JavaScript calls bedrock-runtime that way.
func NewServer(g *Gateway) *http.Server {
	limits := g.config.Limits
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           g,
		ReadHeaderTimeout: limits.HeaderTime,
		IdleTimeout:       limits.IdleTime,
		Protocols:         protocols,
		// net/http adds 4 KiB of its own to what it accepts.
		MaxHeaderBytes: limits.HeaderBytes,
		// Without this "OPTIONS *" would be answered 200 by net/http, past the gateway.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(g.config.Log.Handler(), slog.LevelDebug),
	}
}
