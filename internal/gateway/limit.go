package gateway

import (
	"time"

	"merlon.dev/merlon/internal/fault"
)

// Limits bound what a client may ask of the server. A zero field means its default.
type Limits struct {
	URI         int // bytes of path and query. Default 16 KiB.
	Headers     int // header lines. Default 128.
	HeaderBytes int // bytes of the request line and all headers. Default 64 KiB.

	BodyMemory        int64 // bytes of request bodies in memory, in all. Default 512 MiB.
	BodyMemoryPerHost int64 // the same for one client, as listen.Client tells them apart. Default 256 MiB.

	HeaderTime time.Duration // to send the headers. Default 10 s.
	BodyTime   time.Duration // to send the body. Default 60 s.
	HandleTime time.Duration // for the handler; its context ends then. Default 60 s.
	WriteTime  time.Duration // to take the answer. Default 60 s.
	IdleTime   time.Duration // between two requests. Default 120 s.
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.URI, 16<<10)
	orDefault(&l.Headers, 128)
	orDefault(&l.HeaderBytes, 64<<10)
	orDefault(&l.BodyMemory, 512<<20)
	orDefault(&l.BodyMemoryPerHost, 256<<20)
	orDefault(&l.HeaderTime, 10*time.Second)
	orDefault(&l.BodyTime, time.Minute)
	orDefault(&l.HandleTime, time.Minute)
	orDefault(&l.WriteTime, time.Minute)
	orDefault(&l.IdleTime, 2*time.Minute)
	return l
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// limit refuses a request whose envelope is too large. net/http has bounded the header bytes before.
func (g *Gateway) limit(x *exchange) error {
	if most := g.config.Limits.URI; len(x.r.RequestURI) > most {
		return fault.New(fault.TooLarge, "The request URI exceeds the limit of %d bytes.", most)
	}
	lines := 0
	for _, values := range x.r.Header {
		lines += len(values)
	}
	if most := g.config.Limits.Headers; lines > most {
		return fault.New(fault.TooLarge, "The request has more than %d header lines.", most)
	}
	return nil
}
